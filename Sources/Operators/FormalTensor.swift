package import Model

/// A formal input or output of an operator.
package struct FormalTensor: Sendable {
    /// What a tensor's elements are.
    package enum Kind: Sendable, Hashable {
        /// Data, drawn from the seed unless the case gives values.
        case data
        /// Integers whose values stand in the case, such as `axes`: a list, or a scalar.
        case index
    }

    /// Which numbers the operator is defined for, and so which are generated.
    package indirect enum Domain: Sendable {
        /// Floating-point numbers as the pattern says, integers over the range of their type.
        case anyNumber
        /// The operator is defined for numbers of at least zero only: magnitudes are generated.
        case nonNegative
        /// Whole numbers, so that equal ones meet: floating-point numbers are rounded to them.
        case whole
        /// About one in 16 floating-point numbers is NaN or an infinity.
        case special
        /// Numbers of the pattern times a factor, plus an offset.
        case scaled(by: Double, plus: Double)
        /// Integers of a range; floating-point numbers uniform between its ends, both reached.
        case within(ClosedRange<Int64>)
        /// Indices: integers of a range that depends on the operation; they are never altered.
        case index(@Sendable (Operation) -> ClosedRange<Int64>)
        /// A domain that depends on the operation, such as its element type.
        case of(@Sendable (Operation) -> Domain)
    }

    /// The name in the operator's specification; of variadic ones what stands before `_0`, `_1`, ….
    package var name: String
    package var type: TypeParameter
    package var kind: Kind
    /// An input that may be left out; an output that is there only when the case asks for it.
    package var isOptional: Bool
    /// Whether any number of tensors, at least one, takes the place: `name_0`, `name_1`, ….
    package var isVariadic: Bool
    package var domain: Domain

    /// A tensor of data that must be given, unless said otherwise.
    package init(
        _ name: String, _ type: TypeParameter = .real, isOptional: Bool = false,
        isVariadic: Bool = false, domain: Domain = .anyNumber
    ) {
        self.name = name
        self.type = type
        self.kind = .data
        self.isOptional = isOptional
        self.isVariadic = isVariadic
        self.domain = domain
    }

    /// Integers whose values stand in the case; their type is no one else's.
    package init(
        index name: String, _ types: TypeParameter = .index, isOptional: Bool = false
    ) {
        self.name = name
        self.type = types
        self.kind = .index
        self.isOptional = isOptional
        self.isVariadic = false
        self.domain = .anyNumber
    }

    /// Whether a tensor of that name takes this place.
    package func matches(_ tensorName: String) -> Bool {
        isVariadic ? position(of: tensorName) != nil : tensorName == name
    }

    /// The number behind the underscore of a variadic tensor's name; nil: it is not of this place.
    func position(of tensorName: String) -> Int? {
        guard tensorName.hasPrefix(name + "_") else { return nil }
        let digits = tensorName.dropFirst(name.count + 1)
        guard let number = Int(digits), number >= 0, String(number) == digits else { return nil }
        return number
    }

    /// The name of a tensor that takes this place.
    func tensorName(_ position: Int) -> String { isVariadic ? "\(name)_\(position)" : name }
}

extension Operation {
    /// The inputs that take the place of a variadic formal one, in order.
    func variadicInputs(_ formalName: String) -> [TensorSpec] {
        inputs.filter { $0.name.hasPrefix(formalName + "_") }
    }
}
