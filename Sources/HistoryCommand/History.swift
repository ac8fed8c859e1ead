import ArgumentParser
import Foundation

@main
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "The memory of guest customizations.")
}
