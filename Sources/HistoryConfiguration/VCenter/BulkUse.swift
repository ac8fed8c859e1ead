/// Whether the endpoint `customization` is polled with one request for a thousand VMs.
package enum BulkUse: Hashable, Sendable {
    /// Each VM is asked about by itself.
    case never
    case always
    /// Each VM is asked about by itself, and then in bulk to compare.
    case compared
}
