import ArgumentParser
import GuestCustomization

extension RateLimit: ExpressibleByArgument {
    package init?(argument: String) { self.init(text: argument) }
}
