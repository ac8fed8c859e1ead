extension String {
    /// Quoted as one word of a shell command, ready to be copied.
    package var shellQuoted: String {
        let isPlain =
            !isEmpty
            && utf8.allSatisfy {
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:@".utf8.contains($0)
            }
        return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
    }
}
