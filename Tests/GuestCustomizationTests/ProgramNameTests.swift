import Testing

@testable import GuestCustomization

@Suite struct ProgramNameTests {
    @Test(arguments: [
        ("history", "history"), ("/usr/local/bin/customization-history", "customization-history"), ("./gch", "gch"),
        (nil, "history"), ("", "history"), ("/", "history"), ("/opt/my history", "history"), ("-bash", "history"),
        ("evil\u{1B}[2J", "history"),
    ])
    func `the program's name is the one that was typed`(argument: String?, name: String) {
        #expect(ProgramName.of(argument: argument) == name)
    }
}
