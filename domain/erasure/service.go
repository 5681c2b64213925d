package erasure

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/identity"
)

// Store is what the room needs of storage. What is not there is a NotFound fault.
type Store interface {
	// Last returns somebody's newest request, whatever became of it, with what the authorities say.
	Last(ctx context.Context, p ids.Person) (Request, []Office, error)
	// Facts are what is under way of somebody, courses aside.
	Facts(ctx context.Context, p ids.Person, now int64) (Facts, error)
	// OfficesOf are the authorities that have something of somebody.
	OfficesOf(ctx context.Context, p ids.Person) ([]ids.Org, error)
	// At are the requests of people of whom an authority has something, the newest first; Due those that are to be looked at.
	At(ctx context.Context, o ids.Org, most int) ([]Listed, error)
	Due(ctx context.Context, now int64, most int) ([]Request, error)
	// EraseRows erases somebody's rows that belong to no other room's function, except at some authorities, at most so many of a table, and says whether there is more.
	EraseRows(ctx context.Context, p ids.Person, but []ids.Org, now int64, most int) (more bool, err error)
	// Remains reports whether something of somebody is there that is sealed under their key, and has to stay.
	Remains(ctx context.Context, p ids.Person) (bool, error)

	InTx(ctx context.Context, do func(ctx context.Context, tx Tx) error) error
}

// Tx is what the room writes in one transaction.
type Tx interface {
	// Put writes a request with the authorities that have something; false when one is under way.
	Put(ctx context.Context, r Request, offices []ids.Org) (bool, error)
	// Set writes a request whose Version is the one that was read, and makes it one more; false when it has another by now.
	Set(ctx context.Context, r Request) (bool, error)
	// SetOffice writes what an authority says, whose word is still open; false when it is not.
	SetOffice(ctx context.Context, o Office) (bool, error)
	// EraseAccount takes an account away: means to sign in, sessions, what is known of the person, and for whom they act.
	EraseAccount(ctx context.Context, p ids.Person, now int64) error
	// EraseKey takes a person's key: nothing that is sealed under it can be read any more.
	EraseKey(ctx context.Context, p ids.Person, now int64) error
	// Tell has somebody told.
	Tell(ctx context.Context, a TellArgs, now int64) error
	Audit(ctx context.Context, e ...audit.Entry) error
}

// Listed is a request as an authority sees it.
type Listed struct {
	Request
	Office
	Name string
}

// Part erases what one room has of somebody, except at some authorities, and may be called again: what is erased already stays it. It returns how much it had to leave.
type Part func(ctx context.Context, p ids.Person, but []ids.Org) (left int, err error)

// Service is the room.
type Service struct {
	Store    Store
	Accounts interface {
		Mine(ctx context.Context, who actor.Actor) (identity.Account, error)
		AccountOf(ctx context.Context, who actor.Actor, p ids.Person) (identity.Account, error)
	}
	// Ahead counts enrolments of somebody that are not over.
	Ahead func(ctx context.Context, p ids.Person) (int, error)
	// Days is for how many days one can change one's mind; 0 is DefaultDays.
	Days func(ctx context.Context) (int, error)
	// Parts erase what the rooms have, in their order.
	Parts     []Part
	Seals     *seal.Keyring
	Gen       *ids.Gen
	Now       clock.Now
	Committed func()
}

// TaskTell is the kind of the task that tells somebody what became of their request.
const TaskTell = "erasure.tell"

// Told is what somebody is told.
type Told string

// What somebody is told.
const (
	ToldAsked   Told = "asked"
	ToldRefused Told = "refused"
	ToldPartly  Told = "partly"
	ToldDone    Told = "done"
	// ToldRest is that they were erased but for what has to stay for a while: not what that is, nor why.
	ToldRest Told = "rest"
)

// Last reports whether it is the last thing that somebody hears.
func (t Told) Last() bool { return t == ToldDone || t == ToldRest }

// TellArgs are the arguments of TaskTell.
type TellArgs struct {
	Person ids.Person `json:"person"`
	ID     ID         `json:"id"`
	What   Told       `json:"what"`
	Org    ids.Org    `json:"org,omitempty"`
}

// Mine is where somebody's own request stands: the newest, opened, and what hinders one now. Without a request its State is empty.
type Mine struct {
	Request
	Offices []Office
	Hinders []Hindrance
	Days    int
}

func mayUse(who actor.Actor) error {
	if who.Kind != actor.KindCitizen {
		return fault.NotFound("error.not_found")
	}
	return who.May(actor.AccountManage, actor.Object{Owner: actor.Owner{Person: who.Person}})
}

// Of returns where the actor's own request stands.
func (s *Service) Of(ctx context.Context, who actor.Actor) (Mine, error) {
	if err := mayUse(who); err != nil {
		return Mine{}, err
	}
	m := Mine{}
	var err error
	m.Request, m.Offices, err = s.Store.Last(ctx, who.Person)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return m, err
	}
	for i := range m.Offices {
		if err := s.open(&m.Offices[i]); err != nil {
			return m, err
		}
	}
	f, err := s.facts(ctx, who.Person)
	if err != nil {
		return m, err
	}
	m.Hinders = f.Hinders()
	m.Days, err = s.days(ctx)
	return m, err
}

func (s *Service) days(ctx context.Context) (int, error) {
	if s.Days == nil {
		return DefaultDays, nil
	}
	n, err := s.Days(ctx)
	return min(cmp.Or(n, DefaultDays), MostDays), err
}

func (s *Service) facts(ctx context.Context, p ids.Person) (Facts, error) {
	f, err := s.Store.Facts(ctx, p, s.Now().Unix())
	if err == nil && s.Ahead != nil {
		f.Courses, err = s.Ahead(ctx, p)
	}
	return f, err
}

// Ask asks that the actor be erased. shownAt is when they showed who they are. Faults: as MayAsk; Conflict "erasing.hindered" while something hinders, and "erasing.asked_already" when a request is
// under way.
func (s *Service) Ask(ctx context.Context, who actor.Actor, shownAt int64, lang i18n.Lang) error {
	if err := mayUse(who); err != nil {
		return err
	}
	now := s.Now().Unix()
	if err := MayAsk(shownAt, now); err != nil {
		return err
	}
	f, err := s.facts(ctx, who.Person)
	if err != nil {
		return err
	}
	if len(f.Hinders()) > 0 {
		return fault.Conflict("erasing.hindered", nil)
	}
	days, err := s.days(ctx)
	if err != nil {
		return err
	}
	offices, err := s.Store.OfficesOf(ctx, who.Person)
	if err != nil {
		return err
	}
	r := Request{Person: who.Person, ID: ID(s.Gen.New()), State: Asked, AskedAt: now, DueAt: DueAt(now, days), Lang: lang, Version: 1}
	r.LookAt = r.DueAt + 1
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		ok, err := tx.Put(ctx, r, offices)
		if err == nil && !ok {
			err = fault.Conflict("erasing.asked_already", nil)
		}
		if err == nil {
			err = tx.Tell(ctx, TellArgs{Person: r.Person, ID: r.ID, What: ToldAsked}, now)
		}
		if err != nil {
			return err
		}
		return tx.Audit(ctx, s.line("", who, audit.ErasureAsked, r, nil))
	})
	s.committed()
	return err
}

// TakeBack takes the actor's request back: nothing was erased. Faults: NotFound; as Request.MayTakeBack.
func (s *Service) TakeBack(ctx context.Context, who actor.Actor) error {
	if err := mayUse(who); err != nil {
		return err
	}
	r, _, err := s.Store.Last(ctx, who.Person)
	if err != nil {
		return err
	}
	if r.State == TakenBack {
		return nil
	}
	if err := r.MayTakeBack(); err != nil {
		return err
	}
	r.State, r.EndedAt, r.LookAt, r.Receipt = TakenBack, s.Now().Unix(), 0, nil
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if ok, err := tx.Set(ctx, r); err != nil || !ok {
			return cmp.Or(err, error(fault.Conflict("erasing.begun", nil)))
		}
		return tx.Audit(ctx, s.line("", who, audit.ErasureTakenBack, r, nil))
	})
}

// mostListed is how many requests a list shows.
const mostListed = 200

// List are the requests of people of whom an authority has something, the newest first, opened. That their names were shown is in the log.
func (s *Service) List(ctx context.Context, who actor.Actor, o ids.Org) ([]Listed, error) {
	if err := who.May(actor.ErasureDecide, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	list, err := s.Store.At(ctx, o, mostListed)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if err := s.open(&list[i].Office); err != nil {
			return nil, err
		}
	}
	return list, s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Audit(ctx, audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.ErasureListed, "erasures", string(o), map[string]string{"n": fmt.Sprint(len(list))}))
	})
}

// Refuse says that an authority keeps what it has of somebody, by which ground and why, and how one appeals. Faults: NotFound; Invalid at "ground", "why" and "appeal"; Conflict "erasing.begun" once it is
// too late, or was said.
func (s *Service) Refuse(ctx context.Context, who actor.Actor, said Office) error {
	if err := who.May(actor.ErasureDecide, actor.Object{Org: said.Org}); err != nil {
		return err
	}
	said, err := CheckRefusal(said)
	if err != nil {
		return err
	}
	r, offices, err := s.Store.Last(ctx, said.Person)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(offices, func(o Office) bool { return o.Org == said.Org })
	if i < 0 || r.ID != said.Request {
		return fault.NotFound("error.not_found")
	}
	if r.State != Asked || offices[i].Word != Open {
		return fault.Conflict("erasing.begun", nil)
	}
	said.Word, said.By, said.At = Refused, who.Staff, s.Now().Unix()
	plain, err := json.Marshal([]string{said.Why, said.Appeal})
	if err == nil {
		said.Sealed, err = s.Seals.Seal(plain, officePlace(said))
	}
	if err != nil {
		return fmt.Errorf("seal a reason: %w", err)
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		// The request is written, too: it does not begin meanwhile.
		ok, err := tx.Set(ctx, r)
		if err == nil && ok {
			ok, err = tx.SetOffice(ctx, said)
		}
		if err == nil && !ok {
			err = fault.Conflict("erasing.begun", nil)
		}
		if err == nil {
			err = tx.Tell(ctx, TellArgs{Person: r.Person, ID: r.ID, What: ToldRefused, Org: said.Org}, s.Now().Unix())
		}
		if err != nil {
			return err
		}
		return tx.Audit(ctx, s.line(said.Org, who, audit.ErasureRefused, r, map[string]string{"ground": string(said.Ground)}))
	})
	s.committed()
	return err
}

// CheckRefusal cleans what an authority writes. Faults: Invalid at "ground", "why" and "appeal".
func CheckRefusal(said Office) (Office, error) {
	var wrong []fault.Field
	if !slices.Contains(Grounds, said.Ground) {
		wrong = append(wrong, fault.Field{Name: "ground", Key: "erasing.ground_missing"})
	}
	for _, x := range []struct {
		name, missing string
		at            *string
		most          int
	}{{"why", "erasing.why_missing", &said.Why, MaxWhy}, {"appeal", "erasing.appeal_missing", &said.Appeal, MaxAppeal}} {
		clean, ok := i18n.CleanText(*x.at)
		switch {
		case !ok:
			wrong = append(wrong, fault.Field{Name: x.name, Key: "field.bad_characters"})
		case clean == "":
			wrong = append(wrong, fault.Field{Name: x.name, Key: x.missing})
		case utf8.RuneCountInString(clean) > x.most:
			wrong = append(wrong, fault.Field{Name: x.name, Key: "field.too_long", Args: fault.Args{"max": x.most}})
		default:
			*x.at = clean
		}
	}
	if len(wrong) > 0 {
		return said, fault.Invalid("form.invalid", nil, wrong...)
	}
	return said, nil
}

func officePlace(o Office) seal.Place {
	return seal.Place{Table: "erasure_office", Column: "why", Row: string(o.Org) + "/" + string(o.Person) + "/" + string(o.Request)}
}

func receiptPlace(r Request) seal.Place {
	return seal.Place{Table: "erasure", Column: "receipt", Row: string(r.Person) + "/" + string(r.ID)}
}

func (s *Service) open(o *Office) error {
	if len(o.Sealed) == 0 {
		return nil
	}
	plain, err := s.Seals.Open(o.Sealed, officePlace(*o))
	if err != nil {
		return fmt.Errorf("open a reason: %w", err)
	}
	var both []string
	if err := json.Unmarshal(plain, &both); err != nil || len(both) != 2 {
		return fmt.Errorf("read a reason: %w", err)
	}
	o.Why, o.Appeal = both[0], both[1]
	return nil
}

func (s *Service) line(o ids.Org, who actor.Actor, what audit.Action, r Request, detail map[string]string) audit.Entry {
	return audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, what, audit.OfPerson, string(r.Person), detail)
}

func (s *Service) committed() {
	if s.Committed != nil {
		s.Committed()
	}
}

// conductor is who erases.
var conductor = actor.System("erasure")

// mostAtOnce is how many rows of a table are erased in one transaction.
const mostAtOnce = 500

// Run does what is due now, at most so many requests, and counts them. One that fails keeps no other back. What was cut off is begun again, and does nothing where it was done.
func (s *Service) Run(ctx context.Context, most int) (done int, err error) {
	list, err := s.Store.Due(ctx, s.Now().Unix(), most)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, r := range list {
		if err := s.run(ctx, r); err != nil {
			failed = append(failed, fmt.Errorf("erasure %s: %w", r.ID, err))
			continue
		}
		done++
	}
	return done, errors.Join(failed...)
}

func (s *Service) run(ctx context.Context, r Request) error {
	now := s.Now().Unix()
	f, err := s.facts(ctx, r.Person)
	if err != nil {
		return err
	}
	last, offices, err := s.Store.Last(ctx, r.Person)
	if err != nil || last.ID != r.ID {
		return err
	}
	r = last
	if !r.Live() {
		return nil
	}
	step := Next(r, offices, f, now)
	if step.Wait > 0 {
		r.LookAt = step.Wait
		_, err := s.set(ctx, &r)
		return err
	}
	if r.State == Asked {
		r.State = Erasing
		if ok, err := s.set(ctx, &r); err != nil || !ok {
			return err // taken back, or refused, in this moment: it is looked at again
		}
	}
	left, err := s.erase(ctx, r.Person, step.But)
	if err != nil {
		return err
	}
	return s.end(ctx, r, offices, step, left)
}

// set writes a request; false when somebody else did.
func (s *Service) set(ctx context.Context, r *Request) (ok bool, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		ok, err = tx.Set(ctx, *r)
		return err
	})
	if ok {
		r.Version++
	}
	return ok, err
}

// erase has every room erase what it has.
func (s *Service) erase(ctx context.Context, p ids.Person, but []ids.Org) (left int, err error) {
	for _, part := range s.Parts {
		n, err := part(ctx, p, but)
		if err != nil {
			return left, err
		}
		left += n
	}
	for more := true; more; {
		if more, err = s.Store.EraseRows(ctx, p, but, s.Now().Unix(), mostAtOnce); err != nil {
			return left, err
		}
	}
	return left, nil
}

// end takes the account away, and the key where nothing has to stay that is sealed under it; or says that an authority keeps what it has.
func (s *Service) end(ctx context.Context, r Request, offices []Office, step Step, left int) error {
	now := s.Now().Unix()
	if !step.Account {
		r.State, r.EndedAt, r.LookAt = Partly, now, 0
		return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
			if ok, err := tx.Set(ctx, r); err != nil || !ok {
				return err
			}
			if err := s.erasedAt(ctx, tx, r, offices); err != nil {
				return err
			}
			return tx.Tell(ctx, TellArgs{Person: r.Person, ID: r.ID, What: ToldPartly}, now)
		})
	}
	remains, err := s.Store.Remains(ctx, r.Person)
	if err != nil {
		return err
	}
	was := r.State
	if was == Erasing {
		if r.Receipt, err = s.receipt(ctx, r); err != nil {
			return err
		}
	}
	told := ToldRest
	r.State, r.LookAt = Rest, now+daySeconds
	if !remains && left == 0 {
		told = ToldDone
		r.State, r.EndedAt, r.LookAt = Done, now, 0
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if ok, err := tx.Set(ctx, r); err != nil || !ok {
			return err
		}
		if r.State == Done {
			if err := tx.EraseKey(ctx, r.Person, now); err != nil {
				return err
			}
		}
		if was == Rest {
			return nil
		}
		if err := tx.EraseAccount(ctx, r.Person, now); err != nil {
			return err
		}
		if err := s.erasedAt(ctx, tx, r, offices); err != nil {
			return err
		}
		return tx.Tell(ctx, TellArgs{Person: r.Person, ID: r.ID, What: told}, now)
	})
	s.committed()
	return err
}

// erasedAt writes down that the person was erased, and where.
func (s *Service) erasedAt(ctx context.Context, tx Tx, r Request, offices []Office) error {
	lines := []audit.Entry{s.line("", conductor, audit.PersonErased, r, map[string]string{"state": string(r.State)})}
	for _, o := range offices {
		if o.Word != Open {
			continue
		}
		o.Word, o.At = Erased, s.Now().Unix()
		if _, err := tx.SetOffice(ctx, o); err != nil {
			return err
		}
		lines = append(lines, s.line(o.Org, conductor, audit.PersonErased, r, nil))
	}
	return tx.Audit(ctx, lines...)
}

// Address is where somebody is told.
type Address struct {
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// receipt is where somebody hears that they were erased, sealed: once they are, nothing else knows it.
func (s *Service) receipt(ctx context.Context, r Request) ([]byte, error) {
	a, err := s.Accounts.AccountOf(ctx, conductor, r.Person)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(addressOf(a))
	if err != nil {
		return nil, err
	}
	return s.Seals.Seal(plain, receiptPlace(r))
}

// addressOf is where an account's person is told: by mail, else by text message.
func addressOf(a identity.Account) Address {
	if a.Email != "" {
		return Address{Email: a.Email}
	}
	return Address{Phone: a.Phone}
}

// Telling is where and in which language somebody is told; still is false when there is nothing to tell any more.
func (s *Service) Telling(ctx context.Context, args TellArgs) (to Address, r Request, still bool, err error) {
	r, _, err = s.Store.Last(ctx, args.Person)
	if fault.Is(err, fault.KindNotFound) || err == nil && r.ID != args.ID {
		return to, r, false, nil
	}
	if err != nil {
		return to, r, false, err
	}
	if args.What.Last() {
		if len(r.Receipt) == 0 {
			return to, r, false, nil
		}
		plain, err := s.Seals.Open(r.Receipt, receiptPlace(r))
		if err == nil {
			err = json.Unmarshal(plain, &to)
		}
		if err != nil {
			return to, r, false, fmt.Errorf("open a receipt: %w", err)
		}
		return to, r, to != (Address{}), nil
	}
	if args.What != ToldPartly && r.State != Asked {
		return to, r, false, nil
	}
	a, err := s.Accounts.AccountOf(ctx, conductor, args.Person)
	to = addressOf(a)
	return to, r, err == nil && to != (Address{}), err
}

// Heard forgets where somebody was told that they were erased.
func (s *Service) Heard(ctx context.Context, args TellArgs) error {
	if !args.What.Last() {
		return nil
	}
	r, _, err := s.Store.Last(ctx, args.Person)
	if err != nil || r.ID != args.ID || len(r.Receipt) == 0 {
		return err
	}
	r.Receipt = nil
	_, err = s.set(ctx, &r)
	return err
}
