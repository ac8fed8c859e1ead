/// Numbers VMs from 0 in the order in which their customizations come, as positions in an array of what is known about each.
struct VirtualMachinePositions {
    private struct Key: Hashable {
        let vCenter: String
        let id: String
        let instanceUUID: String?
    }

    private var positions: [Key: Int] = [:]
    /// By the VMs' numbers, of which a VM may have several; −1 while not known.
    private var byNumber: [Int32] = []

    /// The position of a VM; a new VM's is the number of those before it.
    mutating func position(of vm: CustomizedVM) -> Int {
        guard let number = vm.number else { return position(byNameOf: vm) }
        if number >= byNumber.count { byNumber += Array(repeating: -1, count: number + 1 + byNumber.count) }
        if byNumber[number] < 0 { byNumber[number] = Int32(position(byNameOf: vm)) }
        return Int(byNumber[number])
    }

    private mutating func position(byNameOf vm: CustomizedVM) -> Int {
        let key = Key(vCenter: vm.vCenter, id: vm.id, instanceUUID: vm.instanceUUID)
        if let position = positions[key] { return position }
        positions[key] = positions.count
        return positions.count - 1
    }
}
