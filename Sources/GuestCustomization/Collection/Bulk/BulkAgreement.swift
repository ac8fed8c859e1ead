/// How far polls one by one and in bulk agree.
package struct BulkAgreement: Hashable, Sendable {
    /// How the two answers about a VM relate.
    package enum Relation: Hashable, Sendable {
        /// Both tell the same.
        case agree
        case differ
        /// In bulk, nothing is told: such a VM would be polled by itself.
        case untold
        /// By itself, the VM gave no answer.
        case unanswered

        /// - Parameters:
        ///   - single: The answer about the VM by itself.
        ///   - bulk: What was told in bulk; `nil` if nothing was.
        init(_ single: Answer, _ bulk: CustomizationInfo?) {
            self =
                if !single.isAnswer { .unanswered } else if let bulk { single.info == bulk ? .agree : .differ } else {
                    .untold
                }
        }
    }

    /// A VM about which the two answers differ.
    package struct Difference: Hashable, Sendable {
        /// Managed object id.
        package var vm: String
        /// As listed.
        package var name: InventoryName?
        /// The answer about the VM by itself.
        package var single: Answer
        /// What was told in bulk.
        package var bulk: CustomizationInfo

        package init(vm: String, name: InventoryName?, single: Answer, bulk: CustomizationInfo) {
            self.vm = vm
            self.name = name
            self.single = single
            self.bulk = bulk
        }
    }

    /// In the order of the VMs' ids.
    package var differences: [Difference] = []
    /// VMs.
    package var counts: [Relation: Int] = [:]

    package init() {}

    /// VMs about which both told something.
    package var compared: Int { counts[.agree, default: 0] + counts[.differ, default: 0] }
}
