import ArgumentParser

struct VCenterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vcenter",
        abstract: "List, rename and merge the vCenters of the history.",
        discussion: """
            A vCenter is what its own instance UUID says, by whichever name and address it is reached. Where the UUID could \
            not be had, or a name was mistyped, one vCenter may stand in the history twice: merge makes the two one. Where a \
            vCenter was rebuilt, its UUID changed and collect refuses to mix the two: rename puts the old one aside.

            EXAMPLES
              \(calledName) vcenter list
              \(calledName) vcenter rename vcsa.example.org vcsa-until-2026
              \(calledName) vcenter merge vcsa vcsa.example.org
            """,
        subcommands: [VCenterList.self, VCenterRename.self, VCenterMergeCommand.self])
}
