"""SQL of the scratch database: schema and statements."""

CACHE_KIB = 48 * 1024
RECORD_TABLES = ("products", "customers", "reviews", "shared_texts", "purchases")

SCHEMA = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -{CACHE_KIB};
CREATE TABLE products (
  position INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, parent TEXT, complete INTEGER NOT NULL,
  in_stock INTEGER, record TEXT NOT NULL
);
CREATE INDEX products_of_parent ON products (parent) WHERE parent IS NOT NULL;
CREATE TABLE shared_texts (
  position INTEGER PRIMARY KEY, product INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE (product, text)
);
CREATE TABLE customers (
  position INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, name TEXT, email TEXT, address TEXT, age INTEGER,
  consent INTEGER, suppressed INTEGER, language TEXT, time_zone TEXT, deleted INTEGER NOT NULL
);
CREATE INDEX customers_of_address ON customers (address) WHERE address IS NOT NULL;
CREATE TABLE excluded (customer INTEGER PRIMARY KEY, cause TEXT NOT NULL);
CREATE TABLE reviews (
  position INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, customer INTEGER NOT NULL,
  title TEXT, text TEXT, rating TEXT, timestamp INTEGER
);
CREATE TABLE subjects (
  review INTEGER NOT NULL, product INTEGER NOT NULL, PRIMARY KEY (review, product)
) WITHOUT ROWID;
CREATE TABLE purchases (
  position INTEGER PRIMARY KEY, customer INTEGER NOT NULL, order_id TEXT NOT NULL, product INTEGER NOT NULL,
  quantity INTEGER NOT NULL, timestamp INTEGER, price TEXT, taken_back INTEGER NOT NULL, cause TEXT NOT NULL,
  file INTEGER NOT NULL, UNIQUE (order_id, product)
);
"""
PUT_SHARED_TEXT = """
INSERT OR IGNORE INTO shared_texts (product, text) SELECT position, ? FROM products WHERE id = ?
"""
POSITIONS = (
    *(f"SELECT position FROM {table} WHERE id = ?" for table in ("products", "customers", "reviews")),  # noqa: S608
    "SELECT customer FROM purchases WHERE order_id = ? LIMIT 1",
)
"""Where products, customers and reviews are by their ids, and the customer of an order."""
ADD_PRODUCT = """
INSERT INTO products (position, id, parent, complete, in_stock, record) VALUES (?, ?, ?, ?, ?, ?)
"""
KNOWN_PRODUCT = "SELECT record, complete FROM products WHERE id = ?"
KNOWN_CUSTOMER = """
SELECT email, address, name, age, consent, suppressed, language, time_zone, deleted
FROM customers WHERE position = ?
"""
ADD_CUSTOMER = """
INSERT INTO customers
  (position, id, email, address, name, age, consent, suppressed, language, time_zone, deleted)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
# What decides whether somebody is written to keeps its more cautious value, everything else its first.
COMPLETE_CUSTOMER = """
UPDATE customers SET
  email = coalesce(email, :email), address = coalesce(address, :address), name = coalesce(name, :name),
  age = min(coalesce(age, :age), coalesce(:age, age)),
  consent = min(coalesce(consent, :consent), coalesce(:consent, consent)),
  suppressed = max(coalesce(suppressed, :suppressed), coalesce(:suppressed, suppressed)),
  deleted = max(deleted, :deleted),
  language = coalesce(language, :language), time_zone = coalesce(time_zone, :time_zone)
WHERE position = :position
"""
CUSTOMER_OF_ADDRESS = "SELECT id FROM customers WHERE address = ? ORDER BY position LIMIT 1"
KNOWN_REVIEWS = """
SELECT reviews.id, reviews.position, customers.id, title, text FROM reviews
JOIN customers ON customers.position = customer WHERE reviews.id IN ({marks})
"""
ADD_REVIEW = """
INSERT INTO reviews (position, id, customer, title, text, rating, timestamp) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
COMPLETE_REVIEW = """
UPDATE reviews SET title = coalesce(title, ?), text = coalesce(text, ?), rating = coalesce(rating, ?),
  timestamp = coalesce(timestamp, ?)
WHERE position = ?
"""
COUNT_SUBJECTS = "SELECT count(*) FROM subjects WHERE review = ?"
# The product, or else those of which it is the parent, unless the review is about them already.
NEW_SUBJECTS = """
SELECT position FROM (
  SELECT position FROM products WHERE id = :id
  UNION ALL
  SELECT position FROM products WHERE parent = :id AND NOT EXISTS (SELECT 1 FROM products WHERE id = :id)
) WHERE position NOT IN (SELECT product FROM subjects WHERE review = :review)
ORDER BY position LIMIT :limit
"""
ADD_SUBJECT = "INSERT INTO subjects VALUES (?, ?)"
PRODUCTS_OF = """
SELECT position FROM products WHERE id = :id
UNION ALL
SELECT position FROM products WHERE parent = :id AND NOT EXISTS (SELECT 1 FROM products WHERE id = :id)
LIMIT 2
"""
IS_PURCHASED = "SELECT 1 FROM purchases WHERE order_id = ? AND product = ?"
PUT_PURCHASE = """
INSERT INTO purchases (customer, order_id, product, quantity, timestamp, price, taken_back, cause, file)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (order_id, product) DO UPDATE SET
  quantity = max(quantity, excluded.quantity), timestamp = coalesce(timestamp, excluded.timestamp),
  price = iif(excluded.quantity > quantity, excluded.price, coalesce(price, excluded.price)),
  taken_back = max(taken_back, excluded.taken_back),
  cause = iif(excluded.quantity > 0 AND (excluded.file > file OR cause = ''), excluded.cause, cause),
  file = max(file, excluded.file)
"""
CLOSE_INPUT = """
CREATE INDEX reviews_of_customer ON reviews (customer);
CREATE INDEX purchases_of_customer ON purchases (customer, product);
DELETE FROM purchases WHERE customer IN (SELECT position FROM customers WHERE deleted);
DELETE FROM purchases WHERE quantity = 0 AND taken_back = 0
"""
# A row without a purchase of its own takes back what the customer's latest orders until then have.
RETURNS = "SELECT position, customer, product, timestamp, taken_back FROM purchases WHERE quantity = 0"
RETURNABLE = """
SELECT position, quantity - taken_back FROM purchases
WHERE customer = ? AND product = ? AND cause = '' AND quantity > taken_back
  AND coalesce(timestamp, 0) <= coalesce(?, timestamp, 0)
ORDER BY timestamp DESC, position DESC
"""
TAKE_BACK = "UPDATE purchases SET taken_back = taken_back + ? WHERE position = ?"
DIVIDE_PURCHASES = """
CREATE TABLE undone AS
  SELECT position, customer, order_id, product, timestamp, iif(cause = '', 'returned', cause) AS cause,
    iif(quantity = 0, taken_back, NULL) AS of_others
  FROM purchases WHERE cause <> '' OR quantity <= taken_back;
CREATE INDEX undone_of_customer ON undone (customer, product);
DELETE FROM purchases WHERE cause <> '' OR quantity <= taken_back;
UPDATE purchases SET quantity = quantity - taken_back WHERE taken_back > 0
"""
COUNT_UNDONE = "SELECT cause, count(*) FROM undone GROUP BY cause ORDER BY cause"
RETURNED = "SELECT customer, product FROM undone WHERE cause IN ('refunded', 'returned')"
EXCLUDE = """
INSERT INTO excluded
SELECT position, CASE
  WHEN suppressed OR deleted THEN 'suppressed'
  WHEN NOT coalesce(consent, :consent_if_unknown) THEN 'no_consent'
  WHEN age < :minimum_age THEN 'under_age'
  WHEN position IN (SELECT customer FROM undone) AND position NOT IN (SELECT customer FROM purchases)
    AND NOT EXISTS (
      SELECT 1 FROM reviews WHERE reviews.customer = customers.position AND NOT EXISTS (
        SELECT 1 FROM subjects JOIN undone ON undone.product = subjects.product
        WHERE subjects.review = reviews.position AND undone.customer = reviews.customer
      )
    ) THEN 'nothing_kept' END AS cause
FROM customers WHERE cause IS NOT NULL
"""
# Who has said no to an address has said so for everybody who is written to there.
EXCLUDE_BY_ADDRESS = """
INSERT OR IGNORE INTO excluded
SELECT other.position, max(cause) FROM customers AS one JOIN excluded ON excluded.customer = one.position
JOIN customers AS other ON other.address = one.address
WHERE one.suppressed OR NOT one.consent GROUP BY other.position
"""
LEAVE_OUT = (
    "INSERT INTO excluded VALUES (?, 'unchanged')",
    "DELETE FROM customers WHERE position = ?",
    *(f"DELETE FROM {table} WHERE customer = ?" for table in ("reviews", "purchases", "undone")),  # noqa: S608
)
COUNT_EXCLUDED = "SELECT cause, count(*) FROM excluded GROUP BY cause ORDER BY cause"
COUNT_SHARED_ADDRESSES = """
SELECT count(*) FROM (
  SELECT 1 FROM customers WHERE address IS NOT NULL GROUP BY address HAVING count(*) > 1
)
"""
INTERACTIONS = f"""
SELECT customer, product FROM subjects JOIN reviews ON reviews.position = subjects.review
EXCEPT {RETURNED} UNION SELECT customer, product FROM purchases
"""  # noqa: S608 - constants
COUNT_INTERACTIONS = f"""
SELECT coalesce(sum(products), 0), count(*), coalesce(sum(products > 1), 0)
FROM (SELECT count(*) AS products FROM ({INTERACTIONS}) GROUP BY customer)
"""  # noqa: S608 - constants
REVIEWS_OF_SPAN = """
SELECT reviews.customer, reviews.id AS review_id, title, text, rating, timestamp, products.id AS product_id
FROM reviews JOIN subjects ON subjects.review = reviews.position
JOIN products ON products.position = subjects.product
WHERE reviews.customer BETWEEN ? AND ?
ORDER BY reviews.customer, reviews.position, subjects.product
"""
PURCHASES_OF_SPAN = """
SELECT purchases.customer, order_id, products.id AS product_id, quantity, timestamp, price
FROM purchases JOIN products ON products.position = purchases.product
WHERE purchases.customer BETWEEN ? AND ?
ORDER BY purchases.customer, purchases.position
"""
UNDONE_OF_SPAN = """
SELECT undone.customer, order_id, products.id AS product_id, timestamp, cause, of_others
FROM undone JOIN products ON products.position = undone.product
WHERE undone.customer BETWEEN ? AND ?
ORDER BY undone.customer, undone.position
"""
IDS_OF_SPAN = "SELECT id FROM customers WHERE position BETWEEN ? AND ? ORDER BY position"
CUSTOMERS_OF_SPAN = """
SELECT position AS customer, id AS customer_id, name, email, age, consent AS marketing_consent, suppressed,
  language, time_zone, cause AS exclusion
FROM customers LEFT JOIN excluded ON excluded.customer = customers.position
WHERE position BETWEEN ? AND ? ORDER BY position
"""
OF_SPAN = (CUSTOMERS_OF_SPAN, REVIEWS_OF_SPAN, PURCHASES_OF_SPAN, UNDONE_OF_SPAN)
SHARED_TEXTS_OF_SPAN = """
SELECT products.id, text FROM shared_texts JOIN products ON products.position = product
WHERE shared_texts.position BETWEEN ? AND ? ORDER BY shared_texts.position
"""
TEXTS_TO_SCORE = """
SELECT count(*), coalesce(sum(max(3, (length(words) + 99) / 100)), 0) FROM (
  SELECT title || ' ' || text AS words FROM reviews
  WHERE title IS NOT NULL AND text IS NOT NULL AND customer NOT IN (SELECT customer FROM excluded)
  UNION SELECT coalesce(title, text) FROM reviews
  WHERE (title IS NULL) <> (text IS NULL) AND customer NOT IN (SELECT customer FROM excluded)
  UNION SELECT text FROM shared_texts
)
"""
_MAILABLE = """
SELECT position FROM customers WHERE position NOT IN (SELECT customer FROM excluded) AND {}
(EXISTS (SELECT 1 FROM reviews WHERE customer = customers.position)
OR EXISTS (SELECT 1 FROM purchases WHERE customer = customers.position))
"""
MAILABLE = f"{_MAILABLE.format('')} UNION ALL {_MAILABLE.format('NOT')} LIMIT ?"
# By the first reviews and purchases: how many there are must not matter.
POPULAR = """
SELECT record, coalesce(records, 0) AS records FROM products LEFT JOIN (
  SELECT product, count(*) AS records FROM (
    SELECT product FROM (SELECT product FROM purchases LIMIT :rows)
    UNION ALL SELECT product FROM (SELECT product FROM subjects LIMIT :rows)
  ) GROUP BY product
) ON product = position
WHERE coalesce(in_stock, 1) ORDER BY 2 DESC, position LIMIT :limit
"""
PRODUCT = "SELECT record FROM products WHERE id = ?"
REVIEW_TEXTS = "SELECT text FROM reviews WHERE text IS NOT NULL LIMIT ?"
