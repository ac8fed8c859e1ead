import GuestCustomization

/// What an account can see in a vCenter.
package struct VCenterSurvey: Hashable, Sendable {
    /// Such as `9.0.0.0`; `nil` if the account may not ask, or the vCenter does not say.
    package var version: String?
    /// The number of listed VMs that would be polled.
    package var virtualMachines: Int
    /// The endpoints that the vCenter has.
    package var endpoints: [Endpoint]
}

extension VCenter {
    /// Logs in and looks around, but polls nothing. Must be followed by `close()`, like a listing.
    package func survey() async throws(HistoryError) -> VCenterSurvey {
        let requests = try await loggedIn()
        let list = try await virtualMachines()
        var endpoints: [Endpoint] = []
        for endpoint in Endpoint.polled {
            if case .there = try await presence(of: endpoint) { endpoints.append(endpoint) }
        }
        return VCenterSurvey(
            version: await version(requests), virtualMachines: list.virtualMachines.count, endpoints: endpoints)
    }

    private func version(_ requests: SessionRequests) async -> String? {
        let asked = await requests.get("/api/appliance/system/version", limit: 64 * 1024, isRepeated: false)
        guard case .success(let answer) = asked.outcome, answer.status == 200,
            let version = JSONReader.value(of: answer.withheld?.bytes ?? answer.body)?["version"]?.string
        else { return nil }
        return version.shown(upTo: 40)
    }
}
