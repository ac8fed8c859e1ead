/// The record of a change of what was recorded, a leaf of the history's Merkle tree like those of runs.
package struct AmendmentRecord: Hashable, Sendable {
    /// The value of the member `format`.
    package static let format = "customization-history/amendment/1"

    /// What was changed.
    package enum Kind: String, Sendable {
        /// The instance UUID of a vCenter became known.
        case identify
        /// A vCenter got another name.
        case rename
        /// Everything recorded about one vCenter was moved to another.
        case merge
        /// Old polls were removed.
        case prune
        /// The tree of another history was brought in, up to a size.
        case include
        /// What the tree of another history calls one vCenter is one of this history's vCenters.
        case adopt
    }

    /// What was changed.
    package var kind: Kind
    /// The UUID of the tree.
    package var tree = ""
    /// In milliseconds since 1970.
    package var at: Int64
    /// Who did it: user and host; `nil` if that is not known.
    package var by: String?
    /// The version of the program that did it.
    package var toolVersion: String
    /// The vCenter's name before, or in the other tree for `adopt`; `nil` for `prune` and `include`.
    package var from: String?
    /// Its name afterwards, or its instance UUID for `identify`.
    package var into: String?
    /// No run that began at this instant or later was touched, in milliseconds since 1970; `nil` except for `prune`, as what follows.
    package var before: Int64?
    /// The polls of runs up to this one were removed.
    package var lastRun: Int64?
    /// The UUID of the other tree; `nil` except for `include` and `adopt`.
    package var origin: String?
    /// How many of its leaves this history has now.
    package var size: Int64?
    /// The root over these leaves; `nil` except for `include`.
    package var root: MerkleHash?
    /// How many runs were brought in.
    package var runs: Int64?
    /// How many polls were removed or brought in.
    package var polls: Int64?
    /// How many answers were removed.
    package var answers: Int64?
    /// The root of the tree over what all removed polls came to.
    package var baselineRoot: MerkleHash?

    /// A record without the members that depend on the kind.
    package init(_ kind: Kind, at: Int64, by: String?, toolVersion: String) {
        (self.kind, self.at, self.by, self.toolVersion) = (kind, at, by, toolVersion)
    }

    /// Its canonical bytes.
    package var bytes: [UInt8] {
        var record = CanonicalRecord()
        record.add("amendment", kind.rawValue)
        record.add("answers", answers)
        record.add("at", at)
        record.add("baseline_root", baselineRoot?.hex)
        record.add("before", before)
        record.add("by", by)
        record.add("format", Self.format)
        record.add("from", from)
        record.add("into", into)
        record.add("last_run", lastRun)
        record.add("origin", origin)
        record.add("polls", polls)
        record.add("root", root?.hex)
        record.add("runs", runs)
        record.add("size", size)
        record.add("tool_version", toolVersion)
        record.add("tree", tree)
        record.finish()
        return record.bytes
    }
}
