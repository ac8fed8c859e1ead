public enum Migrations { public static let first = PackageResources._001_history_sql }
