/// The version of this program, shown by `--version` and recorded with each collection run.
let toolVersion = "0.1.0"
