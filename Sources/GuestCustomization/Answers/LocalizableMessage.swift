/// vCenter's translatable message: an identifier, the English text and the values put into it.
///
/// Source: vSphere Automation API, `com.vmware.vapi.std.LocalizableMessage`.
public struct LocalizableMessage: Hashable, Sendable {
    /// Identifier of the message in its catalogue, such as `com.vmware.vapi.rest.httpNotFound`.
    public var id: String
    /// The message in English, its parameters filled in by the server.
    public var defaultMessage: String
    /// Values for the positional parameters of the message.
    public var args: [String]
    /// Values for the named parameters of the message.
    public var params: [String: LocalizationParam]?
    /// The message in the locale of the session, where the server translated it.
    public var localized: String?

    public init(
        id: String, defaultMessage: String, args: [String] = [], params: [String: LocalizationParam]? = nil,
        localized: String? = nil
    ) {
        self.id = id
        self.defaultMessage = defaultMessage
        self.args = args
        self.params = params
        self.localized = localized
    }

    /// What a person should read: `localized`, else `defaultMessage`, else `id`; `nil` if all of them are empty.
    public var text: String? {
        [localized ?? "", defaultMessage, id].first { !$0.isEmpty }
    }

    /// The same in English whatever the session's language is; `nil` if there is neither text nor identifier.
    public var untranslated: String? {
        [defaultMessage, localized ?? "", id].first { !$0.isEmpty }
    }
}

/// A named value in a message, with how to format it.
///
/// Source: vSphere Automation API, `com.vmware.vapi.std.LocalizationParam`.
public struct LocalizationParam: Hashable, Sendable {
    public enum Value: Hashable, Sendable {
        /// `s`
        case string(String)
        /// `dt`, as it was written: the instant may be finer than a `Timestamp`.
        case dateTime(String)
        /// `i`
        case integer(Int64)
        /// `d`
        case double(Double)
        /// `l`, nested without a stated limit.
        case message(NestedLocalizableMessage)
    }

    public var value: Value
    /// How a date and time is shown, such as `SHORT_DATE` or `FULL_DATE_TIME`; the set is open.
    public var format: String?
    /// Digits after the decimal point of a double.
    public var precision: Int64?

    public init(_ value: Value, format: String? = nil, precision: Int64? = nil) {
        self.value = value
        self.format = format
        self.precision = precision
    }
}

/// A message used as a value inside another one.
///
/// Source: vSphere Automation API, `com.vmware.vapi.std.NestedLocalizableMessage`.
public struct NestedLocalizableMessage: Hashable, Sendable {
    public var id: String
    public var params: [String: LocalizationParam]?

    public init(id: String, params: [String: LocalizationParam]? = nil) {
        self.id = id
        self.params = params
    }
}
