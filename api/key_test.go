package api_test

import (
	"net/http"
	"testing"
)

func TestAKeyIsForOneTime(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	made := c.booked(t)
	t.Run("book", func(t *testing.T) {
		c.post(t, "key-of-TestAKeyIsForOneTime", wish("start", wednesday)).problem(409, "form.key_reused")
	})
	t.Run("move", func(t *testing.T) {
		c.act(t, http.MethodPost, "/move", made.Code, "move-key", request{"start": wednesday}).want(200)
		c.act(t, http.MethodPost, "/move", made.Code, "move-key", request{"start": monday}).problem(409, "form.key_reused")
	})
}
