/*
 * TLS to a server. What a library does when it is told nothing differs from
 * line to line and from version to version, so each is told everything, and
 * asked afterwards.
 */
#include <unistd.h>

#include "drivers/db/mysql_link.h"

/* The certificates of the system; not every library knows their place. */
static const char *const system_certificates[] = {
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/ssl/cert.pem",
};

static const char *
certificates_of(const struct db_config *config)
{
	const size_t n =
	    sizeof(system_certificates) / sizeof(system_certificates[0]);

	if (config->tls_ca != NULL)
		return config->tls_ca;
	for (size_t i = 0; i < n; i++) {
		if (access(system_certificates[i], R_OK) == 0)
			return system_certificates[i];
	}
	return NULL;
}

#ifdef MARIADB_BASE_VERSION
static void
switches_set(MYSQL *link, enum db_tls tls)
{
	my_bool enforce = tls != DB_TLS_OFF;
	my_bool verify = tls == DB_TLS_VERIFY;

	(void)mysql_options(link, MYSQL_OPT_SSL_ENFORCE, &enforce);
	(void)mysql_options(link, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
#if MARIADB_PACKAGE_VERSION_ID >= 30300
	/* A server that is not known must not ask for the clear password. */
	if (!verify)
		(void)mysql_options(link, MARIADB_OPT_RESTRICTED_AUTH,
		    "mysql_native_password,client_ed25519,parsec,"
		    "caching_sha2_password,sha256_password,"
		    "auth_gssapi_client,unix_socket,auth_socket");
#endif
}
#else
static void
switches_set(MYSQL *link, enum db_tls tls)
{
	unsigned mode = tls == DB_TLS_OFF       ? SSL_MODE_DISABLED
			: tls == DB_TLS_REQUIRE ? SSL_MODE_REQUIRED
						: SSL_MODE_VERIFY_IDENTITY;

	(void)mysql_options(link, MYSQL_OPT_SSL_MODE, &mode);
}
#endif

enum status
mysql_tls_options(
    MYSQL *link, const struct db_config *config, struct error *err)
{
	const char *certificates;

	if (config->tls == DB_TLS_VERIFY && config->host == NULL)
		return error_set(err, ST_INVALID,
		    "a certificate names a host: over a socket it cannot be "
		    "verified");
	if (config->tls == DB_TLS_VERIFY) {
		certificates = certificates_of(config);
		if (certificates == NULL || access(certificates, R_OK) != 0)
			return error_set(err, ST_INVALID,
			    "the certificates to verify the server with "
			    "cannot be read: %s",
			    certificates == NULL ? "the system has none"
						 : certificates);
		(void)mysql_options(link, MYSQL_OPT_SSL_CA, certificates);
	}
	switches_set(link, config->tls);
	return ST_OK;
}

enum status
mysql_tls_check(MYSQL *link, const struct db_config *config, struct error *err)
{
	if (config->tls == DB_TLS_OFF || mysql_get_ssl_cipher(link) != NULL)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "the server does not encrypt the connection: turn TLS on there, "
	    "or set tls to off");
}
