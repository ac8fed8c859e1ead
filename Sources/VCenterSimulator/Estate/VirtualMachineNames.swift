/// Typical names chosen by administrators, most of them unique, a few not in ASCII.
struct VirtualMachineNames {
    private var used: [String: Int] = [:]
    private var latest = ""

    private static let environments = ["prod", "prod", "prod", "stage", "test", "dev"]
    private static let roles: [(guest: GuestFamily, names: [String])] = [
        (
            .linux,
            [
                "web", "api", "k8s-worker", "postgres", "redis", "kafka", "jenkins-agent", "gitlab", "haproxy",
                "elastic",
                "grafana", "build", "mail-relay", "vault", "dns",
            ]
        ),
        (.windows, ["win-ad", "win-file", "mssql", "iis", "vdi", "rds", "win-print"]),
    ]
    /// Double-width, combining, right-to-left and outside the Basic Multilingual Plane, which a report has to align; and names that vCenter
    /// escapes.
    private static let places = [
        "東京", "münchen", "서울", "são-paulo", "Łódź", "αθήνα", "Zu\u{308}rich", "القاهرة", "🚀", "大阪", "québec", "київ",
        "ci/cd", "50%",
    ]

    mutating func next(for guest: GuestFamily, number: Int, drawing draws: inout SplitMix64) -> String {
        // Names are not unique: sometimes a VM is registered under the name of another one.
        if number % 61 == 60 { return latest }
        let role = draws.element(of: Self.roles.first { $0.guest == guest }?.names ?? [])
        var stem = "\(role)-\(draws.element(of: Self.environments))"
        if number % 13 == 6 { stem = "\(Self.places[number / 13 % Self.places.count])-\(role)" }
        let count = used[stem, default: 0] + 1
        used[stem] = count
        latest = "\(stem)-\(count < 10 ? "0" : "")\(count)"
        return latest
    }
}
