/// A vCenter that tells about the ordinary customizations of a thousand VMs in one answer.
package protocol BulkCustomizationSource: Sendable {
    /// What each VM reports about its last ordinary customization, page by page; each VM once.
    ///
    /// - Throws: `endpointMissing` if the vCenter has no VI JSON API; whatever `take` throws.
    func readCustomizations(take: @escaping @Sendable (BulkPage) async throws -> Void) async throws
}

/// What one answer tells; at most a thousand VMs.
package struct BulkPage: Hashable, Sendable {
    /// The VMs, each once in all pages.
    package var customizations: [BulkCustomization]
    /// When the request was sent, by the collector's steady clock.
    package var sentAt: Duration

    package init(_ customizations: [BulkCustomization], sentAt: Duration) {
        self.customizations = customizations
        self.sentAt = sentAt
    }
}

/// What one VM's `guest.customizationInfo` says.
package struct BulkCustomization: Hashable, Sendable {
    /// Managed object id.
    package var vm: String
    /// `nil` if the VM reports nothing, or the account may not see it: that answers no question about the VM.
    package var info: CustomizationInfo?
    /// The value's JSON as received.
    package var body: [UInt8]?

    package init(vm: String, info: CustomizationInfo?, body: [UInt8]? = nil) {
        self.vm = vm
        self.info = info
        self.body = body
    }
}
