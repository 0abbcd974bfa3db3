package access

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func TestALocalEndpoint(t *testing.T) {
	for endpoint, want := range map[string]bool{
		"http://127.0.0.1:8000": true, "https://localhost:8000": true, "https://[::1]:8000": true, "http://dynamodb:8000": true,
		"https://dynamodb.eu-west-1.amazonaws.com": false, "https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com": false,
	} {
		if isLocal(aws.String(endpoint)) != want {
			t.Errorf("%s: local %t", endpoint, !want)
		}
	}
	if isLocal(nil) {
		t.Error("AWS itself is local")
	}
}
