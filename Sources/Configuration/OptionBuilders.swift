import Foundation

/// An option is made of its name, the place of its value in `Settings`, and a sentence.
extension CatalogueOption {
    typealias Place<Value> = WritableKeyPath<Settings, Value> & Sendable

    static func truth(_ name: String, _ place: Place<Bool>, _ summary: String, flag: String? = nil) -> Self {
        Self(
            name: name, kind: .truth, unset: nil, summary: summary, flag: flag,
            read: { .truth($0[keyPath: place]) },
            write: { if case .truth(let value) = $1 { $0[keyPath: place] = value } })
    }

    static func truth(
        _ name: String, _ place: Place<Bool?>, unset: Unset, _ summary: String, flag: String? = nil
    ) -> Self {
        Self(
            name: name, kind: .truth, unset: unset, summary: summary, flag: flag,
            read: { $0[keyPath: place].map(OptionValue.truth) ?? .unset },
            write: {
                if case .truth(let value) = $1 { $0[keyPath: place] = value } else { $0[keyPath: place] = nil }
            })
    }

    static func whole(
        _ name: String, _ place: Place<Int>, _ range: ClosedRange<Int>, _ summary: String, flag: String? = nil
    ) -> Self {
        Self(
            name: name, kind: .whole(range), unset: nil, summary: summary, flag: flag,
            read: { .whole($0[keyPath: place]) },
            write: { if case .whole(let value) = $1 { $0[keyPath: place] = value } })
    }

    static func whole(
        _ name: String, _ place: Place<Int?>, _ range: ClosedRange<Int>, unset: Unset, _ summary: String,
        flag: String? = nil
    ) -> Self {
        Self(
            name: name, kind: .whole(range), unset: unset, summary: summary, flag: flag,
            read: { $0[keyPath: place].map(OptionValue.whole) ?? .unset },
            write: {
                if case .whole(let value) = $1 { $0[keyPath: place] = value } else { $0[keyPath: place] = nil }
            })
    }

    static func number(
        _ name: String, _ place: Place<Double>, _ range: ClosedRange<Double>, _ summary: String, flag: String? = nil
    ) -> Self {
        quantity(name, place, .number(range), summary, flag: flag)
    }

    static func number(
        _ name: String, _ place: Place<Float>, _ range: ClosedRange<Double>, _ summary: String
    ) -> Self {
        Self(
            name: name, kind: .number(range), unset: nil, summary: summary, flag: nil,
            // The shortest decimals that mean the same Float.
            read: { .number(Double("\($0[keyPath: place])") ?? Double($0[keyPath: place])) },
            write: { if case .number(let value) = $1 { $0[keyPath: place] = Float(value) } })
    }

    static func seconds(
        _ name: String, _ place: Place<Double>, _ range: ClosedRange<Double>, _ summary: String
    ) -> Self {
        quantity(name, place, .quantity(.seconds, range), summary)
    }

    static func megabytes(
        _ name: String, _ place: Place<Double?>, _ range: ClosedRange<Double>, unset: Unset, _ summary: String,
        flag: String? = nil
    ) -> Self {
        Self(
            name: name, kind: .quantity(.megabytes, range), unset: unset, summary: summary, flag: flag,
            read: { $0[keyPath: place].map(OptionValue.number) ?? .unset },
            write: {
                if case .number(let value) = $1 { $0[keyPath: place] = value } else { $0[keyPath: place] = nil }
            })
    }

    static func decibels(
        _ name: String, _ place: Place<Double>, _ unit: OptionUnit, _ range: ClosedRange<Double>, _ summary: String
    ) -> Self {
        quantity(name, place, .quantity(unit, range), summary)
    }

    private static func quantity(
        _ name: String, _ place: Place<Double>, _ kind: OptionKind, _ summary: String, flag: String? = nil
    ) -> Self {
        Self(
            name: name, kind: kind, unset: nil, summary: summary, flag: flag,
            read: { .number($0[keyPath: place]) },
            write: { if case .number(let value) = $1 { $0[keyPath: place] = value } })
    }

    static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ place: Place<Value>, _ summary: String, flag: String? = nil
    ) -> Self where Value.RawValue == String {
        Self(
            name: name, kind: .choice(Value.allCases.map(\.rawValue)), unset: nil, summary: summary, flag: flag,
            read: { .text($0[keyPath: place].rawValue) },
            write: { if case .text(let text) = $1, let value = Value(rawValue: text) { $0[keyPath: place] = value } })
    }

    static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ place: Place<Value?>, unset: Unset, _ summary: String, flag: String? = nil
    ) -> Self where Value.RawValue == String {
        Self(
            name: name, kind: .choice(Value.allCases.map(\.rawValue)), unset: unset, summary: summary, flag: flag,
            read: { $0[keyPath: place].map { .text($0.rawValue) } ?? .unset },
            write: {
                if case .text(let text) = $1 {
                    $0[keyPath: place] = Value(rawValue: text)
                } else {
                    $0[keyPath: place] = nil
                }
            })
    }

    static func text(
        _ name: String, _ place: Place<String?>, unset: Unset, _ summary: String, flag: String? = nil
    ) -> Self {
        Self(
            name: name, kind: .text, unset: unset, summary: summary, flag: flag,
            read: { $0[keyPath: place].map(OptionValue.text) ?? .unset },
            write: { if case .text(let text) = $1 { $0[keyPath: place] = text } else { $0[keyPath: place] = nil } })
    }

    static func folder(
        _ name: String, _ place: Place<URL?>, unset: Unset, _ summary: String, flag: String? = nil
    ) -> Self {
        Self(
            name: name, kind: .folder, unset: unset, summary: summary, flag: flag,
            read: { $0[keyPath: place].map { .text($0.path) } ?? .unset },
            write: {
                if case .text(let text) = $1 {
                    $0[keyPath: place] = URL(fileURLWithPath: text, isDirectory: true)
                } else {
                    $0[keyPath: place] = nil
                }
            })
    }
}
