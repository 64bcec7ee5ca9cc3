"""SQL of the scratch database: schema and statements."""

CACHE_KIB = 48 * 1024
RECORD_TABLES = ("products", "customers", "reviews", "shared_texts")

SCHEMA = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -{CACHE_KIB};
CREATE TABLE products (
  position INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, complete INTEGER NOT NULL, record TEXT NOT NULL
);
CREATE TABLE shared_texts (
  position INTEGER PRIMARY KEY, product INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE (product, text)
);
CREATE TABLE customers (
  position INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, name TEXT, email TEXT, age INTEGER
);
CREATE TABLE reviews (
  position INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, customer INTEGER NOT NULL,
  title TEXT, text TEXT, rating TEXT, timestamp INTEGER
);
CREATE TABLE subjects (
  review INTEGER NOT NULL, product INTEGER NOT NULL, PRIMARY KEY (review, product)
) WITHOUT ROWID;
"""
PUT_SHARED_TEXT = """
INSERT OR IGNORE INTO shared_texts (product, text) SELECT position, ? FROM products WHERE id = ?
"""
PUT_CUSTOMER = """
INSERT INTO customers (id, name, email, age) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
  name = coalesce(name, excluded.name), email = coalesce(email, excluded.email),
  age = coalesce(age, excluded.age)
RETURNING position
"""
PUT_REVIEW = """
INSERT INTO reviews (id, customer, title, text, rating, timestamp) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
  title = coalesce(title, excluded.title), text = coalesce(text, excluded.text),
  rating = coalesce(rating, excluded.rating), timestamp = coalesce(timestamp, excluded.timestamp)
RETURNING position
"""
COUNT_INTERACTIONS = """
SELECT count(*) FROM (
  SELECT DISTINCT customer, product FROM subjects JOIN reviews ON reviews.position = subjects.review
)
"""
REVIEWS_OF_SPAN = """
SELECT reviews.customer, reviews.id, title, text, rating, timestamp, products.id
FROM reviews JOIN subjects ON subjects.review = reviews.position
JOIN products ON products.position = subjects.product
WHERE reviews.customer BETWEEN ? AND ?
ORDER BY reviews.customer, reviews.position, subjects.product
"""
COUNT_REVIEWS = """
SELECT customers.position, count(reviews.position) FROM customers
LEFT JOIN reviews ON reviews.customer = customers.position
GROUP BY customers.position ORDER BY customers.position
"""
CUSTOMERS_OF_SPAN = """
SELECT position, id, name, email, age FROM customers WHERE position BETWEEN ? AND ? ORDER BY position
"""
SHARED_TEXTS_OF_SPAN = """
SELECT products.id, text FROM shared_texts JOIN products ON products.position = product
WHERE shared_texts.position BETWEEN ? AND ? ORDER BY shared_texts.position
"""
OWNER_OF_REVIEW = """
SELECT customers.id FROM reviews JOIN customers ON customers.position = customer WHERE reviews.id = ?
"""
