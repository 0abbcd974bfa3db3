package dispute

// Maybe is a value that is unknown if WooshPay leaves it out, sends null or sends another type.
type Maybe[T any] struct {
	value T
	known bool
}

// Known returns a known value.
func Known[T any](v T) Maybe[T] { return Maybe[T]{value: v, known: true} }

// Get returns the value and whether it is known.
func (m Maybe[T]) Get() (T, bool) { return m.value, m.known }

// IsKnown reports whether the value is known.
func (m Maybe[T]) IsKnown() bool { return m.known }

// Is reports whether the value is known and equals v.
func Is[T comparable](m Maybe[T], v T) bool { return m.known && m.value == v }
