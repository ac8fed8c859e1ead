import ArgumentParser

/// `--format` of commands whose result is a table for people or JSON for programs.
enum TableOrJSON: String, ExpressibleByArgument, CaseIterable {
    case table, json
}
