/// An element of a SOAP request. Only what clients of vim25 send is read: no DOCTYPE, no entities of one's own, no CDATA.
struct XMLNode {
    /// Without its prefix.
    let name: String
    var children: [XMLNode] = []
    var text = ""

    /// The only element of a document; `nil` if it is not well-formed, or nested deeper than any request is.
    init?(document: String) {
        var open: [XMLNode] = []
        var root: XMLNode?
        for piece in document.split(separator: "<").drop(while: { $0.allSatisfy(\.isWhitespace) }) {
            guard let end = piece.firstIndex(of: ">") else { return nil }
            let tag = piece[..<end]
            let text = piece[piece.index(after: end)...]
            if tag.hasPrefix("?") { continue }
            guard !tag.hasPrefix("!"), root == nil else { return nil }
            let name = tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" }.split(separator: ":").last
            guard let name else { return nil }
            if tag.hasPrefix("/") {
                guard let closed = open.popLast(), closed.name == name else { return nil }
                if open.isEmpty { root = closed } else { open[open.count - 1].children.append(closed) }
            } else if tag.hasSuffix("/") {
                guard !open.isEmpty else { return nil }
                open[open.count - 1].children.append(XMLNode(name: String(name)))
            } else {
                guard open.count < 32 else { return nil }
                open.append(XMLNode(name: String(name), text: Self.unescaped(text)))
            }
        }
        guard let root else { return nil }
        self = root
    }

    private init(name: String, text: String = "") {
        self.name = name
        self.text = text
    }

    private static func unescaped(_ text: some StringProtocol) -> String {
        String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&apos;", with: "'").replacing("&amp;", with: "&")
    }

    func first(_ name: String) -> XMLNode? { children.first { $0.name == name } }

    /// The element as a method's argument.
    var argument: VIArgument {
        guard !children.isEmpty else { return .text(text) }
        var members: [String: VIArgument] = [:]
        for child in children {
            switch members[child.name] {
            case nil: members[child.name] = child.argument
            case .list(let values): members[child.name] = .list(values + [child.argument])
            case .some(let value): members[child.name] = .list([value, child.argument])
            }
        }
        return .object(members)
    }
}
