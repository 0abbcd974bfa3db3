package dynamo

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// protocol is the SDK's, with a reader of its own for the answer of GetItem in the form in which DynamoDB writes it. That
// reader takes a third of the time. It accepts only what it is sure of: whatever else is answered, the SDK reads.
type protocol struct{ smithyhttp.ClientProtocol }

// DeserializeResponse implements smithyhttp.ClientProtocol.
func (p protocol) DeserializeResponse(
	ctx context.Context, operation *smithy.OperationSchema, registry *smithy.TypeRegistry, answer *smithyhttp.Response, out smithy.Deserializable,
) error {
	got, ok := out.(*dynamodb.GetItemOutput)
	if !ok || answer.StatusCode != http.StatusOK {
		return p.ClientProtocol.DeserializeResponse(ctx, operation, registry, answer, out)
	}
	body, err := bodyOf(answer)
	if err != nil {
		return &smithy.DeserializationError{Err: err}
	}
	if item, ok := itemIn(body); ok {
		got.Item = item
		return nil
	}
	answer.Body = readBody{strings.NewReader(body), answer.Body}
	return p.ClientProtocol.DeserializeResponse(ctx, operation, registry, answer, out)
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// bodyOf reads an answer's body.
func bodyOf(answer *smithyhttp.Response) (string, error) {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	_, err := b.ReadFrom(answer.Body)
	return b.String(), err
}

// readBody is a body that was read, to be read again and closed.
type readBody struct {
	io.Reader
	io.Closer
}

// itemIn reads {"Item":{…}}, and false for anything else or unsure. The item's texts are parts of the answer's.
func itemIn(answer string) (attributes, bool) {
	r := itemReader{rest: answer}
	if !isPlain(answer) || !r.takes(`{"Item":`) {
		return nil, false
	}
	item := r.object(0)
	return item, r.takes("}") && r.rest == "" && !r.unsure
}

// isPlain reports whether each string of a JSON text stands for itself.
func isPlain(answer string) bool {
	for i := range len(answer) {
		if answer[i] < ' ' || answer[i] == '\\' {
			return false
		}
	}
	return utf8.ValidString(answer)
}

// deepest is how deep an attribute of DynamoDB nests.
const deepest = 32

// itemReader reads DynamoDB's JSON, without white space and escapes, from the beginning of rest.
type itemReader struct {
	rest   string
	unsure bool
}

// takes removes a text from the beginning, and is unsure if it is not there.
func (r *itemReader) takes(text string) bool {
	rest, ok := strings.CutPrefix(r.rest, text)
	r.rest, r.unsure = rest, r.unsure || !ok
	return ok
}

// text reads a string that stands for itself.
func (r *itemReader) text() string {
	if !r.takes(`"`) {
		return ""
	}
	end := strings.IndexByte(r.rest, '"')
	if end < 0 {
		r.unsure = true
		return ""
	}
	text := r.rest[:end]
	r.rest = r.rest[end+1:]
	return text
}

// more reports whether a container has another element, and removes what stands before it.
func (r *itemReader) more(n int, end string) bool {
	if rest, ended := strings.CutPrefix(r.rest, end); ended {
		r.rest = rest
		return false
	}
	return !r.unsure && (n == 0 || r.takes(","))
}

// elementsExpected is the room that a list begins with.
const elementsExpected = 16

// fieldsExpected is the room that an object begins with: a case's own attributes, or the few of a line of history.
func fieldsExpected(depth int) int {
	if depth == 0 {
		return len(caseKnown)
	}
	return 0
}

func (r *itemReader) object(depth int) attributes {
	object := make(attributes, fieldsExpected(depth))
	r.takes("{")
	for r.more(len(object), "}") {
		name := r.text()
		if _, twice := object[name]; twice {
			r.unsure = true
		}
		r.takes(":")
		object[name] = r.value(depth + 1)
	}
	return object
}

func (r *itemReader) list(depth int) []types.AttributeValue {
	list := make([]types.AttributeValue, 0, elementsExpected)
	r.takes("[")
	for r.more(len(list), "]") {
		list = append(list, r.value(depth+1))
	}
	return list
}

// value reads an attribute of one of the types that this code stores; the SDK reads an item with any other.
func (r *itemReader) value(depth int) (value types.AttributeValue) {
	r.takes("{")
	kind := r.text()
	r.takes(":")
	switch r.unsure = r.unsure || depth > deepest; {
	case r.unsure:
		return nil
	case kind == "S":
		value = &types.AttributeValueMemberS{Value: r.text()}
	case kind == "N":
		value = &types.AttributeValueMemberN{Value: r.text()}
	case kind == "M":
		value = &types.AttributeValueMemberM{Value: r.object(depth)}
	case kind == "L":
		value = &types.AttributeValueMemberL{Value: r.list(depth)}
	case kind == "B":
		packed, err := base64.StdEncoding.Strict().DecodeString(r.text())
		r.unsure = r.unsure || err != nil
		value = &types.AttributeValueMemberB{Value: packed}
	case kind == "BOOL":
		value = &types.AttributeValueMemberBOOL{Value: r.flag()}
	default:
		r.unsure = true
	}
	r.takes("}")
	return value
}

func (r *itemReader) flag() bool {
	if strings.HasPrefix(r.rest, "true") {
		return r.takes("true")
	}
	r.takes("false")
	return false
}
