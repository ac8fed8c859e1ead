import Glibc

/// Standard input, output and error, which whoever started the program may have closed.
enum StandardDescriptors {
    /// Puts something in the place of each that is closed: else the history would get its number, and messages would be written over it.
    ///
    /// What is put there fails as the closed one would have: input cannot be read, output cannot be written.
    static func fill() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free is the one that `open` takes.
            if open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0 { _ = open("/", O_RDONLY) }
        }
    }
}
