// Package seedtest checks requests and answers in tests against WooshPay's own OpenAPI document.
package seedtest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

const closePath = "/v1/disputes/{id}/close"

// Document is WooshPay's OpenAPI document of the close call; it defines no other.
type Document struct {
	tb    testing.TB
	route *routers.Route
}

// Load reads the document. Its schemas are changed in one point: every value may be null, as the document's own
// example has it for all 27 fields of evidence, and as it says of due_by.
func Load(tb testing.TB, path string) *Document {
	tb.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		tb.Fatalf("load the OpenAPI document: %v", err)
	}
	item := doc.Paths.Value(closePath)
	if item == nil || item.Post == nil {
		tb.Fatalf("the OpenAPI document has no POST %s", closePath)
	}
	route := &routers.Route{Spec: doc, Server: doc.Servers[0], Path: closePath, PathItem: item, Method: http.MethodPost, Operation: item.Post}
	d := &Document{tb: tb, route: route}
	allowNull(d.schema())
	return d
}

func (d *Document) response() *openapi3.MediaType {
	return d.route.Operation.Responses.Status(http.StatusOK).Value.Content.Get("application/json")
}

func (d *Document) schema() *openapi3.Schema { return d.response().Schema.Value }

// allowNull descends into the properties of objects; the document nests nothing else that matters.
func allowNull(s *openapi3.Schema) {
	for _, property := range s.Properties {
		property.Value.Nullable = true
		if property.Value.Enum != nil {
			property.Value.Enum = append(property.Value.Enum, nil)
		}
		allowNull(property.Value)
	}
}

// Example returns the document's own example of a dispute.
func (d *Document) Example() []byte {
	body, err := json.Marshal(d.response().Example)
	if err != nil {
		d.tb.Fatalf("encode the document's example: %v", err)
	}
	return body
}

// CheckClose returns what is wrong with a request to close the dispute, by the document.
func (d *Document) CheckClose(r *http.Request, id string) error {
	return openapi3filter.ValidateRequest(r.Context(), d.input(r, id))
}

// CheckClosed returns what is wrong with an answer to a request to close, by the document.
func (d *Document) CheckClosed(r *http.Request, id string, status int, header http.Header, body string) error {
	input := d.input(r, id)
	return openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input,
		Status:                 status,
		Header:                 header,
		Body:                   io.NopCloser(strings.NewReader(body)),
		Options:                input.Options,
	})
}

// CheckHeaders returns what is wrong with the headers and the authorization of a request to another path: the
// document defines only the close call, and WooshPay asks the same of every call.
func (d *Document) CheckHeaders(r *http.Request) error {
	as := r.Clone(r.Context())
	as.Method, as.Body, as.ContentLength, as.URL = http.MethodPost, http.NoBody, 0, &url.URL{Path: "/v1/disputes/dp_1/close"}
	return d.CheckClose(as, "dp_1")
}

// CheckDispute returns what is wrong with a dispute, by the document's schema.
func (d *Document) CheckDispute(body []byte) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err
	}
	return d.schema().VisitJSON(value, openapi3.MultiErrors())
}

// Fields returns the names of the fields that the document gives a dispute.
func (d *Document) Fields() []string {
	return names(d.route.Spec.Components.Schemas["Dispute"].Value)
}

// EvidenceFields returns the names of the fields that the document gives a dispute's evidence.
func (d *Document) EvidenceFields() []string {
	return names(d.route.Spec.Components.Schemas["Dispute Evidence"].Value)
}

func names(s *openapi3.Schema) []string {
	var all []string
	for name := range s.Properties {
		all = append(all, name)
	}
	return all
}

func (d *Document) input(r *http.Request, id string) *openapi3filter.RequestValidationInput {
	return &openapi3filter.RequestValidationInput{
		Request:    r,
		PathParams: map[string]string{"id": id},
		Route:      d.route,
		Options: &openapi3filter.Options{
			MultiError:                        true,
			IncludeResponseStatus:             true,
			RejectWhenRequestBodyNotSpecified: true,
			AuthenticationFunc:                basicKey,
		},
	}
}

// basicKey asks for a user name and an empty password, which is how WooshPay documents its key.
func basicKey(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	user, password, ok := in.RequestValidationInput.Request.BasicAuth()
	if !ok || user == "" || password != "" {
		return errors.New("the key is not the user name of Basic authorization, with an empty password")
	}
	return nil
}
