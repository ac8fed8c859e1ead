import Glibc

/// Standard input, output and error, which the parent process may have closed.
enum StandardDescriptors {
    /// Replaces each closed one. Otherwise the history would get its number, and messages would overwrite it.
    ///
    /// The replacement fails like a closed one: input cannot be read, output cannot be written.
    static func fill() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // `open` uses the lowest free number.
            if open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0 { _ = open("/", O_RDONLY) }
        }
    }
}
