/// vCenter's translatable message: an identifier, the English text and the values put into it.
///
/// Source: vSphere Automation API, `com.vmware.vapi.std.LocalizableMessage`.
package struct LocalizableMessage: Hashable, Sendable {
    /// Identifier of the message in its catalogue, such as `com.vmware.vapi.rest.httpNotFound`.
    package var id: String
    /// The message in English, its parameters filled in by the server.
    package var defaultMessage: String
    /// Values for the positional parameters of the message.
    package var args: [String]
    /// Values for the named parameters of the message.
    package var params: [String: LocalizationParam]?
    /// The message in the locale of the session, where the server translated it.
    package var localized: String?

    package init(
        id: String, defaultMessage: String, args: [String] = [], params: [String: LocalizationParam]? = nil,
        localized: String? = nil
    ) {
        self.id = id
        self.defaultMessage = defaultMessage
        self.args = args
        self.params = params
        self.localized = localized
    }

    /// The text to show: `localized`, else `defaultMessage`, else `id`; `nil` if all of them are empty.
    package var text: String? {
        [localized ?? "", defaultMessage, id].first { !$0.isEmpty }
    }

    /// The text in English, whatever the session's language; `nil` if there is neither text nor identifier.
    package var untranslated: String? {
        [defaultMessage, localized ?? "", id].first { !$0.isEmpty }
    }
}

/// A named value in a message, with how to format it.
///
/// Source: vSphere Automation API, `com.vmware.vapi.std.LocalizationParam`.
package struct LocalizationParam: Hashable, Sendable {
    /// The value; vCenter sends it under a key for its type.
    package enum Value: Hashable, Sendable {
        /// `s`
        case string(String)
        /// `dt`, as it was written: it may be more precise than a `Timestamp`.
        case dateTime(String)
        /// `i`
        case integer(Int64)
        /// `d`
        case double(Double)
        /// `l`; the API states no limit on nesting.
        case message(NestedLocalizableMessage)
    }

    /// The value itself.
    package var value: Value
    /// How a date and time is shown, such as `SHORT_DATE` or `FULL_DATE_TIME`; the set is open.
    package var format: String?
    /// Digits after the decimal point of a double.
    package var precision: Int64?

    package init(_ value: Value, format: String? = nil, precision: Int64? = nil) {
        self.value = value
        self.format = format
        self.precision = precision
    }
}

/// A message used as a value inside another one.
///
/// Source: vSphere Automation API, `com.vmware.vapi.std.NestedLocalizableMessage`.
package struct NestedLocalizableMessage: Hashable, Sendable {
    /// Identifier of the message in its catalogue.
    package var id: String
    /// Values for the named parameters of the message.
    package var params: [String: LocalizationParam]?

    package init(id: String, params: [String: LocalizationParam]? = nil) {
        self.id = id
        self.params = params
    }
}
