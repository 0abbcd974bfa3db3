package dispute

import "encoding/json"

// Object is a JSON object of WooshPay without a type of its own in this package. A field is unknown unless it has the
// expected type.
type Object struct{ fields fields }

// ParseObject returns an error if data is not a JSON object.
func ParseObject(data []byte) (Object, error) {
	f, err := parseFields(string(data))
	return Object{f}, err
}

// ID returns an identifier, sent as a text, a number or an object with an id; empty if unknown.
func (o Object) ID(name string) string { return o.fields.id(name) }

// Text returns a text; empty if unknown.
func (o Object) Text(name string) string { return o.fields.text(name) }

// Bool returns a boolean.
func (o Object) Bool(name string) Maybe[bool] { return o.fields.boolean(name) }

// Raw returns a field's JSON; nil if it is missing.
func (o Object) Raw(name string) json.RawMessage {
	if value, ok := o.fields[name]; ok {
		return json.RawMessage(value)
	}
	return nil
}
