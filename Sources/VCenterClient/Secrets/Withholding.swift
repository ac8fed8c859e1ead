import FoundationEssentials
import GuestCustomization
import HistoryConfiguration

/// Removes secrets that a server repeats from texts to be stored or shown, however the server escaped them.
///
/// It finds a password, the login in base64 as in `Authorization`, the password in base64, and a session's token; each also without
/// some of its first or last bytes, and with the escapes of JSON, URLs and HTML mixed, nested or in either case.
struct Withholding: Sendable {
    /// The text that replaces a secret.
    static let mark = "<redacted>"

    private let secrets: [SoughtSecret]
    private let filter: SecretFilter

    /// Withholds nothing.
    static let nothing = Withholding(secrets: [])

    private init(secrets: [SoughtSecret]) {
        self.secrets = secrets
        filter = SecretFilter(secrets)
    }

    /// - Parameter authorization: The value of the `Authorization` header of the login.
    init(authorization: Secret) {
        let words = authorization.exposed.split(separator: " ", maxSplits: 1)
        var secrets = words.last.map { [SoughtSecret(Array($0.utf8), isRandom: true)] } ?? []
        if words.count == 2, words[0] == "Basic", let login = Data(base64Encoded: String(words[1])),
            let colon = login.firstIndex(of: UInt8(ascii: ":")), colon + 1 < login.endIndex
        {
            let password = Array(login[(colon + 1)...])
            secrets.append(SoughtSecret(password, isRandom: false))
            secrets.append(
                SoughtSecret(Array(Data(password).base64EncodedString().prefix { $0 != "=" }.utf8), isRandom: true))
        }
        self.init(secrets: secrets)
    }

    /// The same, with the token of a session.
    func adding(token: String) -> Withholding {
        token.isEmpty
            ? self : Withholding(secrets: secrets + [SoughtSecret(Array(token.utf8), isRandom: false)])
    }

    /// A text that contained secrets.
    struct Withheld {
        /// The text with each secret replaced by ``mark``.
        var bytes: [UInt8]
        /// Whether a secret is so short that the text around the mark may reveal it. Then no part of the text may be shown to people.
        var isRevealedByPosition: Bool
    }

    /// `nil` if a text repeats no secret. Takes time proportional to the length of the text.
    func withheld(_ text: [UInt8]) -> Withheld? {
        guard !secrets.isEmpty,
            UnescapedText.anyLayer(
                of: text,
                satisfies: { layer in filter.mayMatch(layer) && secrets.contains { !$0.places(in: layer).isEmpty } })
        else { return nil }
        var places: [Range<Int>] = []
        var isRevealedByPosition = false
        for layer in UnescapedText.layers(of: text) {
            for secret in secrets {
                let found = secret.places(in: layer.bytes)
                if secret.isShort, !found.isEmpty { isRevealedByPosition = true }
                places += found.map(layer.source)
            }
        }
        guard !places.isEmpty else { return nil }
        return Withheld(bytes: Self.marked(text, places), isRevealedByPosition: isRevealedByPosition)
    }

    /// A text made safe to show.
    func shown(_ text: String) -> String {
        guard let withheld = withheld(Array(text.utf8)) else { return text }
        return withheld.isRevealedByPosition ? Self.leftOut : String(decoding: withheld.bytes, as: UTF8.self)
    }

    /// A text that is only partly the server's. Short secrets are not sought: our own words may contain them.
    func shown(inOurWords text: String) -> String {
        let long = Withholding(secrets: secrets.filter { !$0.isShort })
        return long.withheld(Array(text.utf8)).map { String(decoding: $0.bytes, as: UTF8.self) } ?? text
    }

    /// The replacement for a text that cannot be shown even in part.
    static let leftOut = "(the server's words are omitted: they repeat a secret)"

    private static func marked(_ text: [UInt8], _ places: [Range<Int>]) -> [UInt8] {
        var marked: [UInt8] = []
        marked.reserveCapacity(text.count)
        var position = 0
        var markedUpTo = -1
        for place in places.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            // One mark replaces all places that overlap or touch.
            if place.lowerBound > markedUpTo {
                marked += text[position..<place.lowerBound]
                marked += Self.mark.utf8
            }
            position = max(position, place.upperBound)
            markedUpTo = position
        }
        return marked + text[position...]
    }
}
