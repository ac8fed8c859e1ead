import ArgumentParser
import GuestCustomization

extension RateLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(text: argument) }
}
