package dynamo

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// itemAnswers are GetItem's, in DynamoDB's form and in others that mean the same, or nothing.
func itemAnswers(t *testing.T) []string {
	t.Helper()
	all := []string{
		`{}`, `{"Item":{}}`, `{"Item":null}`, `{"Item":[]}`, `null`, ``, ` `, `{"Item":{"a":{"S":"x"}}}x`, `{"Item":{"a":{"S":"x"}}`, `{"Item":{"a":{"S":"x"},}}`,
		`{"Item":{"a":{"S":"x"} }}`, `{ "Item":{"a":{"S":"x"}}}`, `{"Item":{"a":{"S":"x\n"}}}`, `{"Item":{"a":{"S":"\u0061"}}}`, `{"Item":{"\u0061":{"S":"x"}}}`,
		"{\"Item\":{\"a\":{\"S\":\"\xff\"}}}", "{\"Item\":{\"a\":{\"S\":\"\ufffdé🙂\"}}}", "{\"Item\":{\"a\":{\"S\":\"\x01\"}}}",
		`{"Item":{"a":{"S":"x"},"a":{"S":"y"}}}`, `{"Item":{"a":{"S":"x","N":"1"}}}`, `{"Item":{"a":{}}}`, `{"Item":{"a":{"X":"x"}}}`, `{"Item":{"a":{"S":null}}}`, `{"Item":{"a":null}}`,
		`{"Item":{"a":{"N":1}}}`, `{"Item":{"a":{"N":"1"}}}`, `{"Item":{"a":{"N":""}}}`, `{"Item":{"a":{"B":"AAE="}}}`, `{"Item":{"a":{"B":"AAE"}}}`, `{"Item":{"a":{"B":"AAF="}}}`, `{"Item":{"a":{"B":""}}}`,
		`{"Item":{"a":{"BOOL":true},"b":{"BOOL":false}}}`, `{"Item":{"a":{"BOOL":"true"}}}`, `{"Item":{"a":{"BOOL":truer}}}`, `{"Item":{"a":{"NULL":true}}}`,
		`{"Item":{"a":{"SS":["x"]},"b":{"NS":["1"]},"c":{"BS":["AA=="]}}}`, `{"Item":{"a":{"L":[]},"b":{"M":{}}}}`, `{"Item":{"a":{"L":[{"S":"x"},{"L":[{"M":{"b":{"N":"1"}}}]}]}}}`,
		`{"Item":{"a":{"L":[{"S":"x"}{"S":"y"}]}}}`, `{"Item":{"a":{"L":[,{"S":"x"}]}}}`, `{"Item":{"":{"S":""}}}`, `{"Item":{"a":{"S":"x"}},"ConsumedCapacity":{"TableName":"t"}}`,
		`{"Item":{"a":` + strings.Repeat(`{"L":[`, 40) + `{"S":"x"}` + strings.Repeat(`]}`, 40) + `}}`,
	}
	for name := range storedCases(t) {
		data, err := attributevalue.MarshalMapJSON(storedFile(t, name))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, `{"Item":`+string(data)+`}`)
	}
	return all
}

// readBoth returns what this code makes of an answer to GetItem, and what the SDK does.
func readBoth(t *testing.T, body string) (ours, theirs attributes, errOurs, errTheirs error) {
	t.Helper()
	read := func(options ...func(*dynamodb.Options)) (attributes, error) {
		s := &script{answers: []answer{answering(http.StatusOK, body)}}
		client := dynamodb.New(dynamodb.Options{
			Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""), DisableValidateResponseChecksum: true,
		}, append(options, func(o *dynamodb.Options) { o.HTTPClient = s })...)
		out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("t"), Key: keyed("a")})
		if err != nil {
			return nil, err
		}
		return out.Item, nil
	}
	ours, errOurs = read(Options)
	theirs, errTheirs = read()
	return ours, theirs, errOurs, errTheirs
}

func wantBoth(t *testing.T, body string) {
	t.Helper()
	ours, theirs, errOurs, errTheirs := readBoth(t, body)
	if (errOurs == nil) != (errTheirs == nil) || !reflect.DeepEqual(ours, theirs) {
		t.Errorf("%.200q: read as %v, %v, by the SDK as %v, %v", body, ours, errOurs, theirs, errTheirs)
	}
}

func TestAnItemIsReadAsTheSDKReadsIt(t *testing.T) {
	for _, body := range itemAnswers(t) {
		wantBoth(t, body)
	}
}

// What is stored is read without the SDK, unless a text has an escape.
func TestStoredItemsAreReadFast(t *testing.T) {
	read := 0
	for name := range storedCases(t) {
		item := storedFile(t, name)
		maps.DeleteFunc(item, func(name string, _ types.AttributeValue) bool { return slices.Contains(unread, name) })
		data, err := attributevalue.MarshalMapJSON(item)
		if err != nil {
			t.Fatal(err)
		}
		if _, sure := itemIn(`{"Item":` + string(data) + `}`); sure == strings.Contains(string(data), `\`) {
			t.Errorf("%s: read fast: %t", name, sure)
		} else if sure {
			read++
		}
	}
	if read < 5 {
		t.Errorf("only %d files are read fast", read)
	}
}

func FuzzItem(f *testing.F) {
	f.Add(`{"Item":{"a":{"S":"x"},"b":{"L":[{"N":"1"},{"M":{"c":{"BOOL":true}}}]},"d":{"B":"AAE="}}}`)
	f.Fuzz(func(t *testing.T, body string) {
		if _, sure := itemIn(body); sure {
			wantBoth(t, body)
		}
	})
}
