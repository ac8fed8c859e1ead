import GuestCustomization
import Synchronization

/// The VMs and hosts of a simulated vCenter. Requests may read it while tests change it.
final class Estate: Sendable {
    /// A VM with everything that can be prepared before a request.
    final class Entry: Sendable {
        let machine: SimulatedVirtualMachine
        /// Drawn from the seed and the id.
        let key: UInt64
        /// What it was cloned or deployed from.
        let template: SimulatedTemplate
        /// Its JSON object in a listing.
        let listingJSON: [UInt8]
        let habits: [Endpoint: CustomizationHabits]
        let absence: JSONWriter.Absence
        /// Answers fixed by tests, which replace the habits.
        let scripted: [Endpoint: SimulatedResponse]
        let isDenied: Bool

        init(
            _ machine: SimulatedVirtualMachine, rules: Rules,
            scripted: [Endpoint: SimulatedResponse] = [:], isDenied: Bool = false
        ) {
            self.machine = machine
            self.scripted = scripted
            self.isDenied = isDenied
            let key = SplitMix64.key(rules.seed, of: machine.id)
            let template = SimulatedTemplate.source(of: machine, key: key)
            self.key = key
            self.template = template
            absence = key % 2 == 0 ? .omitted : .null
            let isSuspect = rules.suspect?.includes(machine, madeFrom: template) ?? false
            habits = Dictionary(
                uniqueKeysWithValues: Endpoint.polled.map {
                    let habits = CustomizationHabits(
                        vm: machine, endpoint: $0, key: key, knowsIdle: rules.knowsIdle, rate: rules.rate,
                        isSuspect: isSuspect)
                    return ($0, habits)
                })
            var json = JSONWriter()
            json.raw(#"{"vm":"#)
            json.string(machine.id)
            json.raw(#","name":"#)
            json.inventoryName(machine.name)
            json.raw(#","power_state":"#)
            json.string(machine.powerState)
            json.raw(#","cpu_count":\#(machine.cpuCount),"memory_size_MiB":\#(machine.memoryMiB)}"#)
            listingJSON = json.bytes
        }
    }

    /// What all VMs' customizations follow.
    struct Rules: Sendable {
        let seed: UInt64
        /// Whether this vCenter has the status `IDLE`.
        let knowsIdle: Bool
        var rate = 1.0
        var suspect: PlantedSuspect?
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Identifiers in the order of registration, which is the order of listings.
        var order: [String] = []
        /// The entries in that order, cached because a listing by host needs them often.
        var listed: [Entry]?
        var nextNumber = 1001
    }

    let hosts: [SimulatedHost]
    let folders: [SimulatedFolder]
    private let rules: Rules
    private let state: Mutex<State>

    /// The planted suspect, if there is one.
    var suspect: PlantedSuspect? { rules.suspect }

    init(
        virtualMachines count: Int, seed: UInt64, knowsIdle: Bool, rate: Double = 1,
        suspect kind: PlantedSuspect.Kind? = nil
    ) {
        let hosts = SimulatedHost.hosts(forVirtualMachines: count)
        self.hosts = hosts
        folders = SimulatedFolder.folders(of: hosts)
        let suspect = kind.map { PlantedSuspect($0, among: hosts, seed: seed) }
        rules = Rules(seed: seed, knowsIdle: knowsIdle, rate: rate, suspect: suspect)
        var state = State()
        var names = VirtualMachineNames()
        var biosUUID = ""
        for number in 0..<count {
            let id = "vm-\(state.nextNumber)"
            var draws = SplitMix64(SplitMix64.key(seed, of: id), 3)
            let guest: GuestFamily = draws.happens(0.25) ? .windows : .linux
            let name = names.next(for: guest, number: number, drawing: &draws)
            // A clone keeps the BIOS UUID of its source unless somebody changes it.
            biosUUID = number % 29 == 28 ? biosUUID : SimulatedVirtualMachine.uuid(drawing: &draws)
            let machine = SimulatedVirtualMachine(
                id: id, name: name,
                powerState: draws.happens(0.92) ? "POWERED_ON" : draws.happens(0.7) ? "POWERED_OFF" : "SUSPENDED",
                guest: guest, host: draws.element(of: hosts), biosUUID: biosUUID,
                instanceUUID: SimulatedVirtualMachine.uuid(drawing: &draws), cpuCount: 1 << draws.below(5),
                memoryMiB: 1024 << draws.below(6))
            state.entries[id] = Entry(machine, rules: rules)
            state.order.append(id)
            state.nextNumber += 1
        }
        self.state = Mutex(state)
    }

    subscript(id: String) -> Entry? { state.withLock { $0.entries[id] } }

    /// All VMs, in the order of registration.
    var entries: [Entry] {
        state.withLock { state in
            let listed = state.listed ?? state.order.compactMap { state.entries[$0] }
            state.listed = listed
            return listed
        }
    }

    /// Registers the VM that `make` returns for the next free id.
    func add(_ make: (_ id: String) -> SimulatedVirtualMachine) -> SimulatedVirtualMachine {
        state.withLock { state in
            let machine = make("vm-\(state.nextNumber)")
            state.entries[machine.id] = Entry(machine, rules: rules)
            state.order.append(machine.id)
            state.listed = nil
            state.nextNumber += 1
            return machine
        }
    }

    /// Registers a VM under its own id.
    func add(_ machine: SimulatedVirtualMachine) {
        state.withLock { state in
            state.entries[machine.id] = Entry(machine, rules: rules)
            state.order.append(machine.id)
            state.listed = nil
        }
    }

    /// Removes a VM; `nil` if there is none with this id.
    @discardableResult
    func remove(_ id: String) -> SimulatedVirtualMachine? {
        state.withLock { state in
            state.order.removeAll { $0 == id }
            state.listed = nil
            return state.entries.removeValue(forKey: id)?.machine
        }
    }

    /// Changes a VM, its fixed answers, or its visibility.
    func change(
        _ id: String,
        _ change: (inout SimulatedVirtualMachine, inout [Endpoint: SimulatedResponse], inout Bool) -> Void
    ) throws(NoSuchVirtualMachine) {
        let isKnown = state.withLock { state in
            guard let entry = state.entries[id] else { return false }
            var (machine, scripted, isDenied) = (entry.machine, entry.scripted, entry.isDenied)
            change(&machine, &scripted, &isDenied)
            state.entries[id] = Entry(machine, rules: rules, scripted: scripted, isDenied: isDenied)
            state.listed = nil
            return true
        }
        guard isKnown else { throw NoSuchVirtualMachine(id: id) }
    }
}

/// A test named a VM that the simulated vCenter does not have.
package struct NoSuchVirtualMachine: Error, CustomStringConvertible {
    /// The id that was named.
    package let id: String
    package var description: String { "The simulated vCenter has no VM '\(id)'; take one of `virtualMachines`." }
}

extension SplitMix64 {
    /// A number for a VM that depends only on its id, not on the number of VMs: FNV-1a over the id's bytes.
    static func key(_ seed: UInt64, of id: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var draws = SplitMix64(seed, hash)
        return draws.next()
    }
}
