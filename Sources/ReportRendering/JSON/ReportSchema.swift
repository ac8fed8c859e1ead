/// The JSON Schema (draft 2020-12) of a report in JSON, as documentation and for checks.
package enum ReportSchema {
    package static let text = String(decoding: PackageResources.report_schema_json, as: UTF8.self)
}
