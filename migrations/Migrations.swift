/// One change of the history's schema: a file of this folder, frozen once shipped.
package struct SchemaMigration: Hashable, Sendable {
    /// Position in the order of application, from 1; the digits in front of the file's name.
    package var number: Int
    /// What it does; the rest of the file's name.
    package var name: String
    /// The file's text.
    package var script: [UInt8]

    package init(number: Int, name: String, script: [UInt8]) {
        self.number = number
        self.name = name
        self.script = script
    }

    /// Every migration, in order. SwiftPM embeds the files but cannot enumerate them, so a test compares this list with the folder.
    package static let all = [
        SchemaMigration(number: 1, name: "history", script: PackageResources._001_history_sql),
        SchemaMigration(number: 2, name: "views", script: PackageResources._002_views_sql),
        SchemaMigration(number: 3, name: "evidence", script: PackageResources._003_evidence_sql),
        SchemaMigration(number: 4, name: "retention", script: PackageResources._004_retention_sql),
        SchemaMigration(number: 5, name: "notification", script: PackageResources._005_notification_sql),
        SchemaMigration(number: 6, name: "events", script: PackageResources._006_events_sql),
        SchemaMigration(number: 7, name: "attributes", script: PackageResources._007_attributes_sql),
    ]
}
