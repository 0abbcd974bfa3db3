//go:build parts

package localaws

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

func TestMiniStackEnforcesIAM(t *testing.T) {
	m := StartMiniStack(t)
	if _, err := sts.NewFromConfig(m.Config()).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil {
		t.Fatal(err)
	}
	stranger := credentials.NewStaticCredentialsProvider("AKIASTRANGER", "secret", "")
	_, err := sts.NewFromConfig(m.ConfigFor(stranger)).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	var denied smithy.APIError
	if !errors.As(err, &denied) {
		t.Fatalf("a stranger is not refused: %v", err)
	}
}
