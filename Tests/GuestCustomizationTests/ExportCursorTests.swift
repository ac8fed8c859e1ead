import GuestCustomization
import Testing

@Suite struct ExportCursorTests {
    @Test(arguments: ["0", "42", "42,40", "42,7,40", "9223372036854775807"])
    func `a cursor is read as it is written`(text: String) {
        #expect(ExportCursor(text)?.description == text)
    }

    @Test(arguments: ["", ",", "42,", ",42", "-1", "4x", "+4", " 4", "4, 3", "9223372036854775808", "٤"])
    func `any other text is refused`(text: String) {
        #expect(ExportCursor(text) == nil)
    }
}
