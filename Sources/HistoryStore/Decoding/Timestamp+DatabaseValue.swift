import GRDB
import GuestCustomization

/// Instants are columns of Unix milliseconds.
extension Timestamp: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { unixMilliseconds.databaseValue }

    package static func fromDatabaseValue(_ value: DatabaseValue) -> Timestamp? {
        Int64.fromDatabaseValue(value).map(Timestamp.init(unixMilliseconds:))
    }
}
