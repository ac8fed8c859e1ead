import Foundation

/// Writes a file whole or not at all: whoever reads it meanwhile, or after a crash, finds the old one or the new one.
enum WholeFile {
    /// Puts `text` in the place of what `path` names, readable by everyone if `mode` says so, whatever the umask is.
    ///
    /// The file is made beside it under another name, which begins with a dot, and renamed once it is on the disk.
    /// Throws `CommandFailure`; the file that was there is then as it was.
    static func write(_ text: String, to path: String, mode: mode_t = 0o644) throws {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw CommandFailure(
                .cannotCreate, "cannot write \(path): it is not a regular file; give --output another name")
        }
        let url = URL(fileURLWithPath: path)
        let directory = url.deletingLastPathComponent().path
        var template = Array("\(directory)/.\(url.lastPathComponent).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw failure(
                .cannotCreate, path, "make a file in \(directory)",
                "see that the directory exists and may be written to")
        }
        do {
            try fill(descriptor, with: text, mode: mode, path)
            guard rename(template, path) == 0 else {
                throw failure(.cannotCreate, path, "put the file in its place", "see what is there")
            }
        } catch {
            unlink(template)
            throw error
        }
        // The name, too, is to be found after a crash. A file system that cannot do this has no better.
        let parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
    }

    private static func fill(_ descriptor: CInt, with text: String, mode: mode_t, _ path: String) throws {
        defer { close(descriptor) }
        var text = text
        let isWritten = text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.base.baseAddress.map { $0 + rest.startIndex }, rest.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
        guard isWritten, fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else {
            throw failure(.inputOutput, path, "fill the file", "see that the disk has room")
        }
    }

    /// To be called at once after what failed: it reads `errno`.
    private static func failure(_ status: ExitStatus, _ path: String, _ what: String, _ remedy: String)
        -> CommandFailure
    {
        let cause = String(cString: strerror(errno))
        return CommandFailure(status, "cannot write \(path): cannot \(what): \(cause); \(remedy)")
    }
}
