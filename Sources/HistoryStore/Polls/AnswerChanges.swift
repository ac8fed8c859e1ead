import GRDB

/// The answers that one VM and endpoint got, each with the first run that got it: its rows of `answer_change`.
struct AnswerChanges {
    private var changes: [(run: Int64, answerID: Int64)] = []
    /// How many of them began before the run that was asked about last, or with it.
    private var begun = 0

    /// The answer to the poll of a run; runs must be asked about in their order.
    ///
    /// - Throws: `StoredValueFault` if the first answer came later.
    mutating func answer(in run: Int64) throws -> Int64 {
        guard let answer = latest(through: run) else { throw StoredValueFault(complaint: "has no answer to a poll") }
        return answer
    }

    /// The latest answer up to a run; `nil` if there is none.
    mutating func latest(through run: Int64) -> Int64? {
        while begun < changes.count, changes[begun].run <= run { begun += 1 }
        return begun > 0 ? changes[begun - 1].answerID : nil
    }

    /// Reads them by row of `virtual_machine_endpoint`.
    static func read(of isWanted: (Int64) -> Bool = { _ in true }, _ db: Database) throws -> [Int64: AnswerChanges] {
        var all: [Int64: AnswerChanges] = [:]
        try db.forEachRow(
            of: "SELECT virtual_machine_endpoint_id, run_id, answer_id FROM answer_change ORDER BY 1, 2"
        ) { change in
            let row = try change.id(0)
            if isWanted(row) {
                all[row, default: AnswerChanges()].changes.append((try change.id(1), try change.id(2)))
            }
        }
        return all
    }

    static func add(_ answerID: Int64, from run: Int64, to row: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: "INSERT INTO answer_change (virtual_machine_endpoint_id, run_id, answer_id) VALUES (?, ?, ?)"
        ).run([.integer(row), .integer(run), .integer(answerID)], db)
    }
}
