/// The JSON Schema (draft 2020-12) of a report in JSON, for documentation and for validation.
package enum ReportSchema {
    /// The schema itself, as JSON.
    package static let text = String(decoding: PackageResources.report_schema_json, as: UTF8.self)
}
