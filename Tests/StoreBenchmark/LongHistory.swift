import GuestCustomization
import HistoryStore

/// A year of an estate whose VMs are customized again and again: what a report of many customizations is measured on.
///
/// Every VM is customized at even intervals, each VM at another hour; one in 25 fails. How often it was polled changes nothing
/// but the number of polls and of answers that showed one running.
struct LongHistory {
    static let days = 350.0

    let vms: Int
    let customizations: Int
    let polls: Int
    let end: Timestamp

    private var begin: Timestamp { end.advanced(bySeconds: -Self.days * 86_400) }
    /// Seconds between two customizations of one VM.
    private var interval: Double { Self.days * 86_400 * Double(vms) / Double(customizations) }

    func write(to path: String) async throws {
        let database = try StoreBenchmark.open(path)
        // The latest customization of each VM and what it is answered with once it has ended: to word an answer takes longer
        // than to record it.
        var ended = [(number: Int, answer: Answer)?](repeating: nil, count: vms)
        let listing = (0..<vms).map { VirtualMachine(id: "vm-\(1001 + $0)", name: "app-\($0 % 97)-\($0).example.org") }
        let runs = polls / vms
        for run in 1...runs {
            let now = begin.advanced(bySeconds: Self.days * 86_400 * Double(run) / Double(runs))
            let id = try await database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: now)
            _ = try await database.record(
                VirtualMachineList(listing, isWhole: true), identifiedAs: [:], in: id, at: now)
            for first in stride(from: 0, to: vms, by: 4096) {
                let polls = (first..<min(first + 4096, vms)).map { vm in
                    let polledAt = Timestamp(unixMilliseconds: now.unixMilliseconds + Int64(vm / 5))
                    let number = latest(of: vm, at: polledAt)
                    if let known = ended[vm], known.number == number {
                        return Poll(vm: listing[vm].id, polledAt: polledAt, answer: known.answer)
                    }
                    let answer = answer(of: vm, named: listing[vm].name.shown, number, at: polledAt)
                    if answer.info?.endTime != nil { ended[vm] = (number, answer) }
                    return Poll(vm: listing[vm].id, polledAt: polledAt, answer: answer)
                }
                try await database.append(polls, to: id)
            }
            try await database.finishRun(
                id, as: CollectionRunEnd(outcome: .complete, finishedAt: now.advanced(bySeconds: 10)))
        }
        try database.close()
    }

    /// The number of a VM's latest customization, from 0 on; less before the first.
    private func latest(of vm: Int, at now: Timestamp) -> Int {
        Int(((now.seconds(since: begin) - offset(of: vm)) / interval).rounded(.down))
    }

    /// Seconds from the history's beginning to the VM's first customization.
    private func offset(of vm: Int) -> Double { interval * Double(vm) / Double(vms) }

    private func answer(of vm: Int, named name: String, _ number: Int, at now: Timestamp) -> Answer {
        guard number >= 0 else { return .notCustomized }
        let start = Timestamp(
            unixMilliseconds: begin.unixMilliseconds + Int64((offset(of: vm) + Double(number) * interval) * 1000))
        var draw = (UInt64(vm) << 32 | UInt64(number)) &* 0x9E37_79B9_7F4A_7C15
        draw ^= draw >> 29
        let end = start.advanced(bySeconds: 20 + Double(draw % 180_000) / 1000)
        if end > now { return .running(since: start) }
        guard draw / 180_000 % 25 == 0 else { return .succeeded(start, end) }
        let (id, text) = Self.failures[Int(draw / 4_500_000 % 4)]
        return .failed(
            start, end, id: "com.vmware.api.vcenter.vm.guest.customization.\(id)", text.replacing("{vm}", with: name))
    }

    private static let failures = [
        ("tools_not_running", "VMware Tools is not running or not recognised in virtual machine '{vm}'."),
        ("script_not_executable", "The customization script could not be run from /tmp (exit status 32256)."),
        ("already_pending", "Customization is already pending on '{vm}' since 2026-11-03T04:05:06.000Z."),
        ("cloud_init_timed_out", "cloud-init waited 14.8 seconds for /var/run/vmware-imc/cust.cfg and gave up."),
    ]
}
