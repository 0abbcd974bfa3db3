package bench

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/dynamo"
)

// mark is the ARN of the table's stream.
const mark = "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/2026-03-01T08:00:00.000"

// table answers DynamoDB's requests: every read with one item, every write with success.
type table struct {
	item, entries []byte
	// asked counts requests by operation.
	asked map[string]int
}

// Do implements the SDK's HTTP client.
func (d *table) Do(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	answer := []byte("{}")
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if d.asked == nil {
		d.asked = map[string]int{}
	}
	d.asked[operation]++
	switch operation {
	case "GetItem":
		answer = d.item
	case "Query":
		answer = d.entries
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(bytes.NewReader(answer)), ContentLength: int64(len(answer)), Request: r,
	}, nil
}

// ledger returns a ledger on the table, by the SDK's client.
func (d *table) ledger() *dynamo.Ledger {
	return dynamo.New(dynamodb.New(dynamodb.Options{
		Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""), DisableValidateResponseChecksum: true,
	}, dynamo.Options, func(o *dynamodb.Options) { o.HTTPClient = d }), "t", mark)
}

// tableWith returns a table whose every read finds this case.
func tableWith(tb testing.TB, c closing.Case) *table {
	tb.Helper()
	var w written
	c.Version = 0
	if _, err := dynamo.New(&w, "t", mark).Save(tb.Context(), c, closing.Tally{}); err != nil {
		tb.Fatal(err)
	}
	for _, name := range []string{"dispute", "summary", "saved_by"} {
		delete(w.item, name) // a load does not ask for them
	}
	data, err := attributevalue.MarshalMapJSON(w.item)
	if err != nil {
		tb.Fatal(err)
	}
	return &table{item: []byte(`{"Item":` + string(data) + `}`)}
}

// written is a client that keeps what it is told to write.
type written struct {
	dynamo.Client
	item map[string]types.AttributeValue
}

func (w *written) UpdateItem(_ context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	w.item = maps.Clone(in.Key)
	for name, value := range in.ExpressionAttributeValues {
		w.item[strings.TrimPrefix(name, ":")] = value
	}
	return &dynamodb.UpdateItemOutput{}, nil
}
