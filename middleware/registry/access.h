/* May this role do that? The matching of dreamfactory.md section 3.2. */
#ifndef WEIR_ACCESS_H
#define WEIR_ACCESS_H

#include "middleware/registry/snapshot.h"

#define REQUESTOR_API    1u
#define REQUESTOR_SCRIPT 2u

/* What is said to a key whose role does not allow it (dreamfactory.md 2.2). */
#define ACCESS_REFUSED "Unauthorized. User is not authenticated."

struct service_type;

/*
 * The component that a call on that resource of a service of that type (NULL:
 * there is none) is about: where the type has calls, "_proc/NAME(1,2)" and
 * "_func/NAME(1,2)" end before the arguments. Elsewhere a "(" is part of a
 * name. Whoever runs the call takes its name from here too, so that nothing
 * runs that the role was not asked about.
 */
struct str access_component(
    const struct service_type *type, struct str resource);

/* The verbs allowed on a component ("_table/todo/5", "" at the root). */
unsigned access_verbs(const struct role *role, int64_t service_id,
    struct str component, unsigned requestor);

/* Does any row speak of that component, be it to deny it? */
bool access_rules(const struct role *role, int64_t service_id,
    struct str component, unsigned requestor);

/*
 * A list of what the role may see, at the open_list of the service's type,
 * needs no row of its own, only one that reads anything; unless a row speaks of
 * it (dreamfactory.md 3.2).
 */
bool access_lists(const struct role *role, const struct service *service,
    struct str component);

/*
 * May it read what the service says of itself, at ACCESS_DOCUMENT? Whoever may
 * do anything with the service, which is all that it tells of, unless a row
 * names that very component and says otherwise.
 */
#define ACCESS_DOCUMENT "_spec"
bool access_document(const struct role *role, const struct service *service);

/* Has it those verbs on all of the service, without filters, whatever it is
 * called? False where some row of the service has not, be it of no account. */
bool access_whole(const struct role *role, int64_t service_id, unsigned verbs);

/* The row filters that apply to this verb on this component; NULL: none do.
 * Whoever cannot apply them denies the request. */
const struct row_filters *access_filters(const struct role *role,
    int64_t service_id, struct str component, unsigned verb);

/* Does any row of the role reach the service at all, with one of the verbs? */
bool access_reaches(
    const struct role *role, int64_t service_id, unsigned verbs);

#endif
