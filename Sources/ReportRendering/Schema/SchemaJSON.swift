import GuestCustomization

/// A history's tables and views as JSON, format `customization-history/schema/1`.
package struct SchemaJSON: Sendable {
    package init() {}

    /// The whole document, ending with a line break.
    package func render(_ schema: HistorySchema) -> String {
        var json = JSONWriter()
        json.object { json in
            json.field("format", "customization-history/schema/1")
            json.field("objects", array: schema.objects) { json, object in
                json.field("name", object.name)
                json.field("type", object.kind == .table ? "table" : "view")
                json.field("is_public", object.kind == .publicView)
                json.field("description", object.description)
                json.field("columns", array: object.columns) { json, column in
                    json.field("name", column.name)
                    json.field("type", column.type)
                    json.field("description", column.description)
                }
            }
        }
        return json.text
    }
}
