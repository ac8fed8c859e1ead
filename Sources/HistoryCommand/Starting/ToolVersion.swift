/// The version of this program, as `--version` shows it and as each collection run records it.
let toolVersion = "0.1.0"
