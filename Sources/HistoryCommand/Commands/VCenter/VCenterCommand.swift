import ArgumentParser

struct VCenterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vcenter",
        abstract: "List, rename and merge the vCenters of the history.",
        discussion: """
            A vCenter is identified by its own instance UUID, whatever its name and address. If the UUID could \
            not be read, or a name was mistyped, one vCenter may be in the history twice: merge joins the two. If a \
            vCenter was rebuilt, its UUID changed and collect refuses to mix the two: rename frees the name of the old one.

            EXAMPLES
              \(calledName) vcenter list
              \(calledName) vcenter rename vcsa.example.org vcsa-until-2026
              \(calledName) vcenter merge vcsa vcsa.example.org
            """,
        subcommands: [VCenterList.self, VCenterRename.self, VCenterMergeCommand.self])
}
